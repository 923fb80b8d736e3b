import { assert, property, sample, shuffledSubarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { both, canonicalish, rows, shown, type Row } from './support.js';
import { query, type Generated } from './generated.js';

/** The whole set runs in CI; a part of it, by a printed seed, on a developer's machine. */
const share = process.env['CI'] === 'true' ? 1 : 0.05;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const generatedCases = Math.round(15_600 * share);
const mutantCases = Math.round(4_600 * share);

describe(`tables hidden in generated queries (SEED=${seed})`, () => {
  it('are all read, and nothing else is', () => {
    let read = 0;
    assert(
      property(query, ({ sql, reads }: Generated) => {
        const readings = both(sql);
        if (!readings.ok) return;
        read++;
        expect(readings.reading.reads.map(shown).sort(), sql).toEqual([...reads].sort());
      }),
      { numRuns: generatedCases, seed, endOnFailure: true },
    );
    // What is refused proves nothing, so most must be read.
    expect(read / generatedCases).toBeGreaterThan(0.85);
  }, 600_000);
});

describe(`tables hidden in statements of the corpora (SEED=${seed})`, () => {
  const corpus: readonly Row[] = [
    ...(rows('test/adapters/snowflake-sql/corpus/benign.jsonl') ?? []),
    ...(rows('../shared/data/snowflake-sqlfluff.jsonl') ?? []),
  ].filter((row) => row.kind === 'read' || row.kind === 'write');
  const mutants = corpus.flatMap((row) => mutate(canonicalish(row.sql)).map((sql) => [row.id, sql] as const));

  it('are never missed', () => {
    const taken = Math.min(mutants.length, mutantCases);
    const chosen =
      sample(shuffledSubarray(mutants, { minLength: taken, maxLength: taken }), { numRuns: 1, seed })[0] ?? [];
    const missed: string[] = [];
    let read = 0;
    for (const [id, sql] of chosen) {
      const readings = both(sql);
      if (!readings.ok) continue;
      read++;
      if (!readings.reading.reads.some((name) => shown(name) === 'HIDDEN_TBL')) missed.push(`${id}: ${sql}`);
    }
    console.log(`${chosen.length} mutants of ${mutants.length}, ${read} read by both`);
    expect(missed).toEqual([]);
    expect(read).toBeGreaterThan(chosen.length / 2);
  }, 600_000);
});

/** What stands in a literal's place: a hidden table under ever more cover. */
const covers = [
  '(select max(zz) from hidden_tbl)',
  '(with h as (select * from hidden_tbl) select max(zz) from h)',
  'coalesce((select zz from (select * from s.t cross join hidden_tbl) d), 1)',
  'iff(exists (select 1 from lateral flatten(input => (select zz from hidden_tbl)) f), 1, 2)',
];

/** The statement once for every literal and cover, and once for every FROM with a hidden table first in it. */
function mutate(sql: string): string[] {
  const literal = /"[^"]*"|\$\$[^]*?\$\$|('(?:[^'\\]|\\[^]|'')*'|(?<![\w.$"'])\d+(?![\w.]))/g;
  const replaced = [...sql.matchAll(literal)]
    .filter((match) => match[1] !== undefined)
    .flatMap((match) =>
      covers.map((cover) => sql.slice(0, match.index) + cover + sql.slice(match.index + match[0].length)),
    );
  const joined = [
    ...sql.matchAll(/"[^"]*"|\$\$[^]*?\$\$|'(?:[^'\\]|\\[^]|'')*'|((?<!\bdistinct\s+)\bfrom\s+(?=[\w"(]))/gi),
  ]
    .filter((match) => match[1] !== undefined)
    .map((match) => `${sql.slice(0, match.index)}from hidden_tbl hz, ${sql.slice(match.index + match[0].length)}`);
  return [...replaced, ...joined];
}
