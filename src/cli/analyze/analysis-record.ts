import { formatObject, type Analysis } from '../../core/index.js';
import type { PlainDecision } from './plain-policy.js';

/** What `sallyport analyze` writes for one statement, one JSON object a line. */
export interface AnalysisRecord {
  readonly id: string | number | null;
  readonly decision: PlainDecision['decision'];
  readonly kind: Analysis['kind'];
  /** `DB.SCHEMA.NAME`, a part in double quotes where it is not a plain upper-case word; sorted. */
  readonly objects_read: readonly string[];
  readonly objects_written: readonly string[];
  readonly functions: readonly string[];
  readonly code: string | null;
  readonly reason: string | null;
  /** Milliseconds the judgement took. */
  readonly ms: number;
}

export function createAnalysisRecord(
  id: AnalysisRecord['id'],
  analysis: Analysis,
  { decision, code, reason }: PlainDecision,
  ms: number,
): AnalysisRecord {
  return {
    id,
    decision,
    kind: analysis.kind,
    objects_read: analysis.reads.map(formatObject),
    objects_written: analysis.writes.map(formatObject),
    functions: analysis.functions,
    code,
    reason,
    ms: Math.round(ms * 1_000) / 1_000,
  };
}

/** For a line that holds no statement with its scope. */
export function createInvalidRecord(id: AnalysisRecord['id'], reason: string): AnalysisRecord {
  return {
    id,
    decision: 'deny',
    kind: 'invalid',
    objects_read: [],
    objects_written: [],
    functions: [],
    code: 'INVALID_REQUEST',
    reason,
    ms: 0,
  };
}

/** The same for people. */
export function formatAnalysisRecord(record: AnalysisRecord, message: string): string {
  const rows: readonly (readonly [string, string])[] = [
    ['decision', record.decision],
    ['kind', record.kind],
    ['reads', record.objects_read.join(', ')],
    ['writes', record.objects_written.join(', ')],
    ['calls', record.functions.join(', ')],
    ['code', record.code ?? ''],
    ['reason', record.reason ?? ''],
    ['', message],
  ];
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(10)}${value}\n`)
    .join('');
}
