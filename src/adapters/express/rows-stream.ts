import { AccessError, type StatementResult } from '../../core/index.js';
import { ndjson } from './accept.js';
import type { Exchange } from './exchange.js';
import { write } from './pace.js';
import { problemOfError } from './problem.js';
import { always } from './reply.js';
import { headOf } from './rows-json.js';

const rowsPerLine = 2_048;

/**
 * Sends a result as it comes, never faster than the client reads: a line with the columns, lines with rows, and a last line that says how it ended.
 * An answer without that last line was cut off.
 */
export async function streamRows({ response, settings }: Exchange, result: StatementResult): Promise<void> {
  // nginx and its kin hold a stream back unless told.
  response.writeHead(200, { ...always, 'content-type': ndjson, 'x-accel-buffering': 'no' });
  let rows = 0;
  try {
    await write(response, line(headOf(result)), settings.stallMs);
    for await (const batch of result.batches) {
      for (let from = 0; from < batch.length; from += rowsPerLine) {
        const some = batch.length <= rowsPerLine ? batch : batch.slice(from, from + rowsPerLine);
        await write(response, line({ rows: some }), settings.stallMs);
        rows += some.length;
      }
    }
    response.end(line({ end: { status: 'complete', rows, truncated: result.delivery()?.truncated ?? false } }));
  } catch (error) {
    const fault = AccessError.from(error, 'INTERNAL');
    settings.onFault(fault, result.statement);
    response.end(line({ end: { status: 'failed', rows, problem: problemOfError(fault, result.statement) } }));
  }
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
