import { describe, expect, it } from 'vitest';
import { RecentSessions } from '../../../src/adapters/kafka/recent-sessions.js';
import { sampleEvent } from '../../../src/core/contract/index.js';

const event = (session: string, length = 100) =>
  sampleEvent('statement.denied', { session, data: { text: 'x'.repeat(length) } });

describe('what is kept of a record that is on Kafka alone', () => {
  it('is bounded by bytes: sessions that were not heard of for long give way', () => {
    const recent = new RecentSessions({ bytes: 200_000 });
    for (let each = 0; each < 500; each += 1) recent.add(event(`s${each}`, 1_000));
    const kept = Array.from({ length: 500 }, (_, each) => recent.listEvents(`s${each}`).length);
    expect(kept.reduce((sum, count) => sum + count, 0)).toBeLessThan(100);
    expect(kept.at(-1)).toBe(1);
    expect(kept[0]).toBe(0);
  });

  it('is nothing of a session that is too long, and says so: half a record would be told as the whole', () => {
    const recent = new RecentSessions({ bytesPerSession: 10_000 });
    recent.add(event('other'));
    for (let each = 0; each < 50; each += 1) recent.add(event('long'));
    expect(() => recent.listEvents('long')).toThrow(
      expect.objectContaining({ code: 'AUDIT_UNAVAILABLE', detail: { reason: 'too_long' } }) as Error,
    );
    expect(recent.listEvents('other')).toHaveLength(1);
    expect(recent.listEvents('nobody')).toEqual([]);
  });
});
