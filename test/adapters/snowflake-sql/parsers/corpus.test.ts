import { describe, expect, it } from 'vitest';
import { both, canonicalish, rows, shown, sqlparser, parsers, type Row } from './support.js';

/** Names outside the text itself: a file, a variable, a literal that is a name. No parser can say what they are. */
const dynamic = /\bidentifier\s*\(|\btable\s*\(\s*[$:'"]|[@][\w"~%]|\bstream\s*=>|\binto\s+:|->>|\bfrom\s+[$:?]/i;

const quote = (part: string): string => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : `"${part}"`);

const full = (row: Row, names: readonly string[]): string[] =>
  [
    ...new Set(
      names.map((name) => {
        const parts = name.match(/"[^"]*"|[^.]+/g) ?? [];
        const scope = row.scope === undefined ? [] : [quote(row.scope.database), quote(row.scope.schema)];
        return [...scope.slice(0, Math.max(0, 3 - parts.length)), ...parts].join('.');
      }),
    ),
  ].sort();

describe('the parse trees of sqlfluff', () => {
  const corpus = rows('../shared/data/snowflake-sqlfluff.jsonl');

  it.skipIf(corpus === undefined)('no relation is missed in any read or change, and most are read', () => {
    const read = { all: 0, both: 0, alone: new Map(parsers.map((parser) => [parser.name, 0])) };
    const wrong: string[] = [];
    for (const row of corpus ?? []) {
      if (row.kind !== 'read' && row.kind !== 'write') continue;
      const sql = canonicalish(row.sql);
      const counted = row.kind === 'read' && !dynamic.test(sql);
      if (counted) read.all++;
      if (counted)
        for (const parser of parsers)
          if (reads(() => parser.read(sql))) read.alone.set(parser.name, (read.alone.get(parser.name) ?? 0) + 1);
      const readings = both(sql);
      if (!readings.ok) continue;
      if (counted) read.both++;
      const found = new Set([...readings.reading.reads, ...readings.reading.writes].map(shown));
      const wanted = (row.tables ?? []).filter((table) => !table.bad).map((table) => table.name);
      const missed = wanted.filter((name) => !found.has(name) && !found.has(name.split('.').map(quote).join('.')));
      if (missed.length > 0) wrong.push(`${row.id}: ${missed.join(', ')}`);
    }
    console.log(
      `reads without dynamic names: ${read.all}, by both ${read.both}, alone ${[...read.alone].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
    expect(wrong).toEqual([]);
    expect(read.all).toBeGreaterThan(290);
    expect(read.both / read.all).toBeGreaterThan(0.95);
  });

  it.skipIf(corpus === undefined)('nothing that is no read is taken for one', () => {
    const wrong = (corpus ?? []).filter((row) => {
      if (row.kind === 'read') return false;
      const readings = both(canonicalish(row.sql));
      return readings.ok && readings.reading.root === 'SELECT';
    });
    expect(wrong.map((row) => row.id)).toEqual([]);
  });
});

describe.each(['test/adapters/snowflake-sql/corpus/benign.jsonl', '../shared/data/adversarial-sample.jsonl'])(
  '%s',
  (path) => {
    const corpus = rows(path);

    it.skipIf(corpus === undefined)('objects are exactly those expected wherever both parsers read', () => {
      const wrong: string[] = [];
      let read = 0;
      for (const row of corpus ?? []) {
        const readings = both(canonicalish(row.sql));
        // A query inside a literal (TO_QUERY) is no object for a parser; the allow-list of functions refuses it.
        if (!readings.ok || readings.reading.functions.some((name) => shown(name) === 'TO_QUERY')) continue;
        read++;
        const { reads: found, writes } = readings.reading;
        const same = (one: readonly string[], other: readonly string[]): boolean =>
          full(row, one).join() === [...new Set(other)].sort().join();
        if (!same(found.map(shown), row.objects_read ?? []) || !same(writes.map(shown), row.objects_written ?? []))
          wrong.push(row.id);
      }
      expect(wrong).toEqual([]);
      expect(read).toBeGreaterThan(30);
    });
  },
);

function reads(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

it('reads with the real parsers', () => {
  expect(sqlparser.read('select 1').root).toBe('SELECT');
});
