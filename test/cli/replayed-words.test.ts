import { describe, expect, it } from 'vitest';
import { sessionInWords } from '../../src/cli/audit/session-words.js';
import type { Shown } from '../../src/cli/audit/event.js';

describe('a statement that was answered again, in words', () => {
  it('is told as that, and not as one without an outcome', () => {
    const told = { id: 'e', code: 'statement.replayed', at: 1_700_000_000_000, session: 's', statement: 't', data: { by: 'key' } } as unknown as Shown;
    const words = sessionInWords('s', [told]);
    expect(words).toContain('told again what became of an earlier one; nothing ran');
    expect(words).not.toContain('not authorized');
    expect(words).not.toContain('no outcome is recorded');
  });
});
