import type { Analysis, SchemaRef, StatementKind } from '../model.js';
import { formatObject } from '../data/names.js';
import type { Analyzer } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';

/**
 * What an adapter's author supplies for `analyzerContract`; statements in the adapter's own SQL, in the scope
 * `ACME.OPS`.
 */
export interface AnalyzerSubject {
  /** A fresh analyzer; closed by the case. */
  readonly analyzer: () => Analyzer | Promise<Analyzer>;
  /** Statements with what they are and touch, objects as `ACME.OPS.ORDERS`. */
  readonly understood: readonly {
    readonly sql: string;
    readonly kind: StatementKind;
    readonly reads: readonly string[];
    readonly writes: readonly string[];
  }[];
  /** The same statement in two spellings that differ in comments and blanks only. */
  readonly same: readonly [string, string];
  /**
   * Must be refused: more than one statement, nonsense, dynamic names. `secret` is text in it that nothing but
   * `canonical` may repeat.
   */
  readonly refused: readonly { readonly sql: string; readonly secret?: string }[];
  /** A statement with this literal in it, understood or refused. */
  readonly literal: { readonly sql: string; readonly text: string };
  /**
   * Statements with the places for binds in them, as written and in order; one must have some that a string or comment
   * only seems to hold.
   */
  readonly bound?: readonly { readonly sql: string; readonly placeholders: readonly string[] }[];
}

type AnalyzeStatement = (sql: string, signal?: AbortSignal) => Promise<Analysis>;

const scope: SchemaRef = { database: 'ACME', schema: 'OPS' };

/** The promises of `Analyzer`, one case each. */
export function analyzerContract(subject: AnalyzerSubject): readonly ContractCase[] {
  const contract: DefineCase = (name, use): ContractCase => ({ name, run: () => withAnalyzer(subject, use) });
  return [...createMeaningCases(subject, contract), ...createFormCases(subject, contract)];
}

type DefineCase = (name: string, use: (analyze: AnalyzeStatement, made: Analyzer) => Promise<void>) => ContractCase;

function createMeaningCases(
  { understood, refused, bound = [] }: AnalyzerSubject,
  contract: DefineCase,
): ContractCase[] {
  return [
    ...understood.map(({ sql, kind, reads, writes }) =>
      contract(`finds all that this touches: ${sql.slice(0, 60)}`, async (analyze) => {
        const analysis = await analyze(sql);
        expectThat(analysis.refusal === undefined, 'it was refused');
        expectThat(analysis.kind === kind, `it is called ${analysis.kind}`);
        expectThat(
          isSameList(analysis.reads.map(formatObject), reads),
          `it is said to read ${analysis.reads.map(formatObject).join(', ')}`,
        );
        expectThat(
          isSameList(analysis.writes.map(formatObject), writes),
          `it is said to write ${analysis.writes.map(formatObject).join(', ')}`,
        );
      }),
    ),
    ...bound.map(({ sql, placeholders }) =>
      contract(`finds each place for a bind: ${sql.slice(0, 60)}`, async (analyze) => {
        const analysis = await analyze(sql);
        expectThat(analysis.refusal === undefined, 'it was refused');
        expectThat(
          JSON.stringify(analysis.placeholders) === JSON.stringify(placeholders),
          `it is said to take ${analysis.placeholders?.join(', ')}`,
        );
      }),
    ),
    ...refused.map(({ sql, secret }, index) =>
      contract(`refuses what it must, number ${index + 1}`, async (analyze) => {
        const { refusal } = await analyze(sql);
        expectThat(refusal !== undefined, 'it was not refused');
        expectThat(refusal.reason !== '' && refusal.message !== '', 'the refusal says nothing');
        expectThat(
          secret === undefined || !JSON.stringify(refusal).includes(secret),
          'the refusal repeats text of the statement',
        );
      }),
    ),
  ];
}

function createFormCases(
  { understood, same: spellings, literal }: AnalyzerSubject,
  contract: DefineCase,
): ContractCase[] {
  return [
    contract('gives one digest to what differs in comments and blanks only', async (analyze) => {
      const [one, other] = [await analyze(spellings[0]), await analyze(spellings[1])];
      expectThat(one.digest === other.digest && one.canonical === other.canonical, 'the canonical texts differ');
      expectThat(/^[0-9a-f]{64}$/.test(one.digest), 'the digest is no SHA-256 in lower-case hex');
    }),
    contract('judges its canonical text as it judged the statement', async (analyze) => {
      for (const { sql } of understood) {
        const first = await analyze(sql);
        const again = await analyze(first.canonical);
        expectThat(again.canonical === first.canonical, 'the canonical text is not its own');
        expectThat(
          again.kind === first.kind && isSameList(again.reads.map(formatObject), first.reads.map(formatObject)),
          'the canonical text is judged otherwise',
        );
      }
    }),
    contract('keeps literals out of what is shown', async (analyze) => {
      const { redacted, summary, operation, refusal } = await analyze(literal.sql);
      expectThat(
        !`${redacted} ${summary} ${operation} ${JSON.stringify(refusal ?? null)}`.includes(literal.text),
        'a literal is shown',
      );
      expectThat(summary.length <= 255, 'the summary is longer than 255 characters');
    }),
    contract('proves that it works, where it can', async (analyze, made) => {
      await made.check?.(new AbortController().signal);
      await analyze(literal.sql);
    }),
    contract('answers each of many at once for its own statement', async (analyze) => {
      const many = Array.from({ length: 20 }, () => understood).flat();
      const analyses = await Promise.all(many.map(({ sql }) => analyze(sql)));
      expectThat(
        analyses.every(({ kind }, index) => kind === many[index]?.kind),
        'answers were mixed up',
      );
    }),
    contract('gives no judgement to a caller that left', async (analyze) => {
      const [{ sql } = { sql: '' }] = understood;
      const end = await analyze(sql, AbortSignal.abort()).then(
        ({ refusal }) => (refusal === undefined ? 'judged' : 'refused'),
        () => 'rejected',
      );
      expectThat(end !== 'judged', 'it was judged');
    }),
  ];
}

async function withAnalyzer(
  { analyzer }: AnalyzerSubject,
  use: (analyze: AnalyzeStatement, made: Analyzer) => Promise<void>,
): Promise<void> {
  const made = await analyzer();
  try {
    await use((sql, signal = new AbortController().signal) => made.analyze(sql, scope, signal), made);
  } finally {
    await made.close?.();
  }
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left.toSorted()) === JSON.stringify(right.toSorted());
}
