import { formatObject, type Analysis } from '../core/index.js';
import type { Verdict } from './plain-policy.js';

/** What `sallyport analyze` writes for one statement, one JSON object a line. */
export interface VerdictRecord {
  readonly id: string | number | null;
  readonly decision: Verdict['decision'];
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

export function recordOf(id: VerdictRecord['id'], analysis: Analysis, { decision, code, reason }: Verdict, ms: number): VerdictRecord {
  return {
    id, decision, kind: analysis.kind, objects_read: analysis.reads.map(formatObject), objects_written: analysis.writes.map(formatObject),
    functions: analysis.functions, code, reason, ms: Math.round(ms * 1_000) / 1_000,
  };
}

/** For a line that holds no statement with its scope. */
export function unusable(id: VerdictRecord['id'], reason: string): VerdictRecord {
  return { id, decision: 'deny', kind: 'invalid', objects_read: [], objects_written: [], functions: [], code: 'INVALID_REQUEST', reason, ms: 0 };
}

/** The same for people. */
export function inWords(record: VerdictRecord, message: string): string {
  const rows: readonly (readonly [string, string])[] = [
    ['decision', record.decision], ['kind', record.kind], ['reads', record.objects_read.join(', ')], ['writes', record.objects_written.join(', ')],
    ['calls', record.functions.join(', ')], ['code', record.code ?? ''], ['reason', record.reason ?? ''], ['', message],
  ];
  return rows.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(10)}${value}\n`).join('');
}
