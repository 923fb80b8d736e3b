import { z } from 'zod';
import type { Analyzer, SchemaRef } from '../core/index.js';
import { exitCodes, type ExitCode } from './exit.js';
import { linesOf, type Line } from './lines.js';
import { judgePlainly } from './plain-policy.js';
import type { Streams } from './streams.js';
import { inWords, recordOf, unusable, type VerdictRecord } from './verdict-record.js';
import { write } from './write.js';

const identified = z.object({ id: z.union([z.string(), z.number()]) });
const statement = z.object({ sql: z.string(), scope: z.object({ database: z.string().min(1), schema: z.string().min(1) }) });

interface Judged {
  readonly record: VerdictRecord;
  readonly message: string;
}

/** One statement, printed for people. */
export async function judgeOne(analyzer: Analyzer, sql: string, scope: SchemaRef, { stdout }: Streams): Promise<ExitCode> {
  const { record, message } = await judged(analyzer, null, sql, scope);
  await write(stdout, inWords(record, message));
  return { allow: exitCodes.done, deny: exitCodes.denied, approval: exitCodes.approval }[record.decision];
}

/** One record for each line, in order, no faster than they are taken. A line that cannot be used has a record too, and the run goes on. */
export async function judgeLines(analyzer: Analyzer, { stdin, stdout }: Streams): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  for await (const line of linesOf(stdin)) {
    if (line?.trim() === '') continue;
    const record = await answer(analyzer, line);
    if (record.code === 'INVALID_REQUEST') code = exitCodes.denied;
    await write(stdout, `${JSON.stringify(record)}\n`);
  }
  return code;
}

async function answer(analyzer: Analyzer, line: Line): Promise<VerdictRecord> {
  if (line === undefined) return unusable(null, 'input.line');
  const value = parsed(line);
  const id = identified.safeParse(value).data?.id ?? null;
  const asked = statement.safeParse(value);
  if (!asked.success) return unusable(id, value === undefined ? 'input.json' : 'input.fields');
  return (await judged(analyzer, id, asked.data.sql, asked.data.scope)).record;
}

async function judged(analyzer: Analyzer, id: VerdictRecord['id'], sql: string, scope: SchemaRef): Promise<Judged> {
  const start = performance.now();
  const analysis = await analyzer.analyze(sql, scope, new AbortController().signal);
  const ms = performance.now() - start;
  const verdict = judgePlainly(analysis, scope);
  return { record: recordOf(id, analysis, verdict, ms), message: verdict.message };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
