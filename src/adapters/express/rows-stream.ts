import type { ServerResponse } from 'node:http';
import { AccessError, type Row, type StatementResult } from '../../core/index.js';
import { ndjson } from './accept.js';
import type { HttpExchange } from './http-exchange.js';
import { isOpen, isUnanswered } from '../../http/server/disconnect-signal.js';
import { writeChunk } from '../../http/server/backpressure.js';
import { createRowsProblem } from '../../http/server/problem.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import { createResultHead } from './rows-json.js';

const minRows = 64;
const maxRows = 2_048;
const lineLength = 262_144;

/**
 * Sends a result as it comes, never faster than the client reads: a line with the columns, lines with rows, and a last
 * line that says how it ended.
 * An answer without that last line was cut off.
 */
export async function streamRows({ response, settings }: HttpExchange, result: StatementResult): Promise<void> {
  // The rows are let go of, and counted as none.
  if (!isUnanswered(response)) return void (await result.deliver(() => false).catch(() => undefined));
  // nginx and its kin hold a stream back unless told.
  response.writeHead(200, { ...commonHeaders, 'content-type': ndjson, 'x-accel-buffering': 'no' });
  let rows = 0;
  const portions = createRowChunker();
  try {
    await writeChunk(response, formatLine(createResultHead(result)), settings.stallMs);
    const { truncated } = await result.deliver(async (batch, sent) => {
      for (const { rows: some, text } of portions(batch)) {
        // Counted as soon as they are given to the connection: what arrives of them nobody knows.
        if (!isOpen(response)) throw new AccessError('ABORTED');
        sent(some);
        rows += some.length;
        await writeChunk(response, text, settings.stallMs);
      }
    });
    endResponse(response, formatLine({ end: { status: 'complete', rows, truncated } }));
  } catch (error) {
    const fault = AccessError.from(error, 'INTERNAL');
    settings.onFault(fault, result.statement);
    endResponse(response, formatLine({ end: { status: 'failed', rows, problem: createRowsProblem(fault, result) } }));
  }
}

function endResponse(response: ServerResponse, text: string): void {
  if (isOpen(response)) response.end(text);
}

interface RowChunk {
  readonly rows: readonly Row[];
  readonly text: string;
}

/** Rows in lines of about 256 kB whatever they weigh; the first holds few, so that it comes soon. */
function createRowChunker(): (batch: readonly Row[]) => Generator<RowChunk> {
  let next = minRows;
  return function* portions(batch) {
    for (let from = 0; from < batch.length;) {
      const some = batch.slice(from, from + next);
      const text = formatLine({ rows: some });
      yield { rows: some, text };
      from += some.length;
      next = Math.min(maxRows, Math.max(1, Math.floor((lineLength * some.length) / text.length)));
    }
  };
}

function formatLine(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
