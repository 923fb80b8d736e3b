import { describe, expect, it } from 'vitest';
import { table } from '../../examples/quickstart/terminal.js';

describe('a table on the terminal', () => {
  it('aligns words left and numbers right, and says what it left out', () => {
    const text = table(
      ['ID', 'STATUS'],
      [
        [1, 'pending'],
        [20, 'shipped'],
        [300, null],
        [4, 'x'],
      ],
      3,
    );
    expect(text.split('\n')).toEqual([
      ' ID   STATUS',
      '───   ───────',
      '  1   pending',
      ' 20   shipped',
      '300   –',
      '… and 1 more',
    ]);
  });

  it('shows an empty result as a head alone', () => {
    expect(table(['A'], [])).toBe('A\n─');
  });
});
