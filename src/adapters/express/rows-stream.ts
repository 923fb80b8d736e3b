import type { ServerResponse } from 'node:http';
import { AccessError, type Row, type StatementResult } from '../../core/index.js';
import { ndjson } from './accept.js';
import type { Exchange } from './exchange.js';
import { isOpen, isUnanswered } from '../../mount/gone.js';
import { write } from '../../mount/pace.js';
import { problemOfRows } from '../../mount/problem.js';
import { always } from '../../mount/headers.js';
import { headOf } from './rows-json.js';

const fewest = 64;
const most = 2_048;
const lineLength = 262_144;

/**
 * Sends a result as it comes, never faster than the client reads: a line with the columns, lines with rows, and a last line that says how it ended.
 * An answer without that last line was cut off.
 */
export async function streamRows({ response, settings }: Exchange, result: StatementResult): Promise<void> {
  // The rows are let go of, and counted as none.
  if (!isUnanswered(response)) return void (await result.deliver(() => false).catch(() => undefined));
  // nginx and its kin hold a stream back unless told.
  response.writeHead(200, { ...always, 'content-type': ndjson, 'x-accel-buffering': 'no' });
  let rows = 0;
  const portions = portioner();
  try {
    await write(response, line(headOf(result)), settings.stallMs);
    const { truncated } = await result.deliver(async (batch, sent) => {
      for (const { some, text } of portions(batch)) {
        // Counted as soon as they are given to the connection: what arrives of them nobody knows.
        if (!isOpen(response)) throw new AccessError('ABORTED');
        sent(some);
        rows += some.length;
        await write(response, text, settings.stallMs);
      }
    });
    finish(response, line({ end: { status: 'complete', rows, truncated } }));
  } catch (error) {
    const fault = AccessError.from(error, 'INTERNAL');
    settings.onFault(fault, result.statement);
    finish(response, line({ end: { status: 'failed', rows, problem: problemOfRows(fault, result) } }));
  }
}

function finish(response: ServerResponse, text: string): void {
  if (isOpen(response)) response.end(text);
}

interface Portion {
  readonly some: readonly Row[];
  readonly text: string;
}

/** Rows in lines of about 256 kB whatever they weigh; the first holds few, so that it comes soon. */
function portioner(): (batch: readonly Row[]) => Generator<Portion> {
  let next = fewest;
  return function* portions(batch) {
    for (let from = 0; from < batch.length;) {
      const some = batch.slice(from, from + next);
      const text = line({ rows: some });
      yield { some, text };
      from += some.length;
      next = Math.min(most, Math.max(1, Math.floor((lineLength * some.length) / text.length)));
    }
  };
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
