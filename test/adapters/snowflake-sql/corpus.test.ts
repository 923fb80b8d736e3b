import { describe, expect, it } from 'vitest';
import type { SchemaRef } from '../../../src/core/index.js';
import { corpus, judge } from './test-analyzer.js';

interface Expected {
  readonly id: string;
  readonly sql: string;
  readonly scope: SchemaRef;
  readonly expect: 'allow' | 'approval' | 'deny' | 'approve-or-deny';
  readonly objects_read?: readonly string[];
  readonly objects_written?: readonly string[];
}

/**
 * Rows that are decided otherwise than expected, or whose objects differ; a denied row is held to nothing but its code.
 */
async function misses(rows: readonly Expected[]): Promise<string[]> {
  const found: string[] = [];
  for (const row of rows) {
    const { decision, code, reason, objects_read: reads, objects_written: writes } = await judge(row.sql, row.scope);
    const decided = row.expect === 'approve-or-deny' ? decision !== 'allow' : decision === row.expect;
    const known =
      row.expect === 'approve-or-deny'
        ? [reads, writes]
        : [row.objects_read?.toSorted() ?? [], row.objects_written?.toSorted() ?? []];
    const exact =
      decision === 'deny'
        ? code !== null && reason !== null
        : JSON.stringify([reads, writes]) === JSON.stringify(known);
    if (!decided || !exact) found.push(`${row.id}: ${decision} ${reason ?? ''} ${reads.join()} | ${writes.join()}`);
  }
  return found;
}

describe('the public sample', () => {
  const rows = corpus('../shared/data/adversarial-sample.jsonl') as readonly Expected[] | undefined;
  it.skipIf(rows === undefined)('60 of 60, objects equal', async () => {
    expect(await misses(rows ?? [])).toEqual([]);
    expect(rows).toHaveLength(60);
  });
});

describe('our own', () => {
  const [attacks, benign] = [
    (corpus('test/adapters/snowflake-sql/corpus/attacks.jsonl') ?? []) as readonly Expected[],
    (corpus('test/adapters/snowflake-sql/corpus/benign.jsonl') ?? []) as readonly Expected[],
  ];

  it('attacks: none is allowed', async () => {
    expect(await misses(attacks)).toEqual([]);
    expect(attacks.length).toBeGreaterThan(1_650);
  }, 300_000);

  it('everyday queries and changes: all are decided as they should be, objects equal', async () => {
    expect(await misses(benign)).toEqual([]);
    expect(benign.length).toBeGreaterThan(820);
  }, 300_000);
});

describe("the vendor's documented forms", () => {
  const forms = (corpus('test/adapters/snowflake-sql/corpus/forms.jsonl') ?? []) as readonly Expected[];

  it('each clause is read where it reads, and each change and escape is found in it', async () => {
    expect(await misses(forms)).toEqual([]);
    for (const decision of ['allow', 'approval', 'deny'])
      expect(forms.filter((each) => each.expect === decision).length).toBeGreaterThan(80);
  });
});

interface Lexical {
  readonly id: string;
  readonly sql: string;
  /** How many statements there are, of which kinds, with all tables they touch. */
  readonly n: number;
  readonly kinds: readonly string[];
  readonly tables: readonly string[];
  /** `ok` may be judged; `dynlit` may be where the name is found; all else is refused. */
  readonly must: string;
}

const names: Readonly<Record<string, string>> = { meta: 'metadata', explain: 'metadata' };
const lastPart = (name: string): string => (name.match(/"[^"]*"|[^.]+/g)?.at(-1) ?? '').replaceAll('"', '');

describe('snowflake-lexical', () => {
  const rows = corpus('../shared/data/snowflake-lexical.jsonl') as readonly Lexical[] | undefined;
  it.skipIf(rows === undefined)(
    'none is unsafe: one statement, of its kind, with every table, or refused',
    async () => {
      const unsafe: string[] = [];
      for (const { id, sql, n, kinds, tables, must } of rows ?? []) {
        const {
          decision,
          kind,
          objects_read: reads,
          objects_written: writes,
          reason,
        } = await judge(sql, { database: 'DB', schema: 'S' });
        if (decision === 'deny' && reason !== 'scope.object') continue;
        const touched = new Set([...reads, ...writes].map(lastPart));
        const safe =
          n === 1 &&
          ['ok', 'dynlit', 'any'].includes(must) &&
          kind === (names[kinds[0] ?? ''] ?? kinds[0]) &&
          tables.every((table) => touched.has(lastPart(table)));
        if (!safe) unsafe.push(`${id}: ${decision} ${kind} ${[...touched].join()}`);
      }
      expect(unsafe).toEqual([]);
      expect(rows).toHaveLength(351);
    },
  );
});

interface Tree {
  readonly id: string;
  readonly sql: string;
  readonly kind: string;
  readonly tables: readonly { readonly name: string; readonly bad: boolean }[];
  readonly stages: readonly unknown[];
}

/** What the text does not say: a name in a variable, a bind or a string, a file, an earlier result. */
const dynamic =
  /\bidentifier\s*\(|\btable\s*\(\s*[$:'"]|result_scan|@|\bstream\s*=>|\binto\s+:|->>|\bfrom\s+[$:?]|(?<!\w)\$[a-z_]/i;
/** What is refused whatever the parsers make of it: functions that are not on the list. */
const refusedCall = /^sql\.(?:function|function_name|sequence)$/;

describe('snowflake-sqlfluff', () => {
  const rows = corpus('../shared/data/snowflake-sqlfluff.jsonl') as readonly Tree[] | undefined;
  it.skipIf(rows === undefined)(
    'no change is called a read, no object is missed, nearly every read is read, the rest has a code',
    async () => {
      const wrong: string[] = [];
      const reads = { all: 0, read: 0, calls: 0 };
      for (const { id, sql, kind, tables } of rows ?? []) {
        const verdict = await judge(sql, { database: 'DB', schema: 'S' });
        if (verdict.decision === 'deny' && (verdict.code === null || verdict.reason === null))
          wrong.push(`${id}: no code`);
        const judged = verdict.decision !== 'deny' || verdict.reason === 'scope.object';
        if (kind === 'read' && !dynamic.test(sql)) {
          if (refusedCall.test(verdict.reason ?? '')) reads.calls += 1;
          else reads.all += 1;
          if (judged) reads.read += 1;
        }
        if (!judged) continue;
        if (verdict.kind === 'read' && kind !== 'read') wrong.push(`${id}: ${kind} called a read`);
        if (kind !== 'read' && kind !== 'write') continue;
        const touched = new Set([...verdict.objects_read, ...verdict.objects_written].map(lastPart));
        for (const { name, bad } of tables)
          if (!bad && !touched.has(lastPart(name))) wrong.push(`${id}: ${name} missed`);
      }
      console.log(
        `reads without dynamic names: ${reads.read} of ${reads.all} judged, ${reads.calls} more call what is not on the list`,
      );
      expect(wrong).toEqual([]);
      expect(reads.all).toBeGreaterThan(290);
      expect(reads.read / reads.all).toBeGreaterThanOrEqual(0.95);
    },
  );
});
