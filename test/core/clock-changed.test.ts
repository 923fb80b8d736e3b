import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.js';
import { codeOf, house } from './test-gateway.js';

describe('a wall clock that is turned', () => {
  it.each([[-3_600_000], [3_600_000], [-1_500]])('by %i ms leaves its trace before the next event', async (byMs) => {
    const clock = new FakeClock();
    const { session, run, audit } = await house({ clock });
    const id = await session();
    clock.forward(5_000);
    clock.wall += byMs;
    expect(codeOf(await run(id))).toBe('completed');
    const codes = audit.events.map(({ code }) => code);
    expect(codes.slice(-3)).toEqual(['clock.changed', 'statement.authorized', 'statement.executed']);
    expect(audit.events.find(({ code }) => code === 'clock.changed')?.data).toEqual({ byMs });
    await run(id);
    expect(audit.events.filter(({ code }) => code === 'clock.changed')).toHaveLength(1);
  });

  it('is not one that drifts, or that time passes on', async () => {
    const clock = new FakeClock();
    const { session, run, audit } = await house({ clock });
    const id = await session({ ttlMs: 3_600_000 });
    for (let hour = 0; hour < 5; hour += 1) {
      clock.forward(600_000);
      clock.wall -= 900;
      await run(id);
    }
    expect(audit.events.map(({ code }) => code)).not.toContain('clock.changed');
  });
});
