import { z } from 'zod';
import type { Analyzer, SchemaRef } from '../../core/index.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { readLines, type InputLine } from '../input-lines.js';
import { decideByPlainPolicy } from './plain-policy.js';
import type { Streams } from '../streams.js';
import {
  formatAnalysisRecord,
  createAnalysisRecord,
  createInvalidRecord,
  type AnalysisRecord,
} from './analysis-record.js';
import { write } from '../write.js';

const lineIdSchema = z.object({ id: z.union([z.string(), z.number()]) });
const statementSchema = z.object({
  sql: z.string(),
  scope: z.object({ database: z.string().min(1), schema: z.string().min(1) }),
});

interface AnalyzedStatement {
  readonly record: AnalysisRecord;
  readonly message: string;
}

/** One statement, printed for people. */
export async function analyzeStatement(
  analyzer: Analyzer,
  sql: string,
  scope: SchemaRef,
  { stdout }: Streams,
): Promise<ExitCode> {
  const { record, message } = await runAnalysis(analyzer, null, sql, scope);
  await write(stdout, formatAnalysisRecord(record, message));
  return { allow: exitCodes.done, deny: exitCodes.denied, approval: exitCodes.approval }[record.decision];
}

/**
 * One record for each line, in order, no faster than they are taken. A line that cannot be used has a record too, and
 * the run goes on.
 */
export async function analyzeLines(analyzer: Analyzer, { stdin, stdout }: Streams): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  for await (const line of readLines(stdin)) {
    if (line?.trim() === '') continue;
    const record = await analyzeLine(analyzer, line);
    if (record.code === 'INVALID_REQUEST') code = exitCodes.denied;
    await write(stdout, `${JSON.stringify(record)}\n`);
  }
  return code;
}

async function analyzeLine(analyzer: Analyzer, line: InputLine): Promise<AnalysisRecord> {
  if (line === undefined) return createInvalidRecord(null, 'input.line');
  const value = tryParseJson(line);
  const id = lineIdSchema.safeParse(value).data?.id ?? null;
  const asked = statementSchema.safeParse(value);
  if (!asked.success) return createInvalidRecord(id, value === undefined ? 'input.json' : 'input.fields');
  return (await runAnalysis(analyzer, id, asked.data.sql, asked.data.scope)).record;
}

async function runAnalysis(
  analyzer: Analyzer,
  id: AnalysisRecord['id'],
  sql: string,
  scope: SchemaRef,
): Promise<AnalyzedStatement> {
  const start = performance.now();
  const analysis = await analyzer.analyze(sql, scope, new AbortController().signal);
  const ms = performance.now() - start;
  const verdict = decideByPlainPolicy(analysis, scope);
  return { record: createAnalysisRecord(id, analysis, verdict, ms), message: verdict.message };
}

function tryParseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
