import { describe, expect, it } from 'vitest';
import { formatSession } from '../../src/cli/audit/format-session.js';
import type { EventView } from '../../src/cli/audit/event-view.js';

describe('a statement that was answered again, in words', () => {
  it('is told as that, and not as one without an outcome', () => {
    const told = {
      id: 'e',
      code: 'statement.replayed',
      at: 1_700_000_000_000,
      session: 's',
      statement: 't',
      data: { by: 'key' },
    } as unknown as EventView;
    const words = formatSession('s', [told]);
    expect(words).toContain('returned the outcome of an earlier statement; nothing ran');
    expect(words).not.toContain('not authorized');
    expect(words).not.toContain('no outcome is recorded');
  });
});
