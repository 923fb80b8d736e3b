import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../../src/core/index.js';
import type { Mounted } from './test-hosts.js';

export const sql = { sql: 'SELECT orders' };
export const inLines = { accept: 'application/x-ndjson' };
export const columns = ['ID', 'NAME'];

export interface Source {
  readonly rows: AsyncIterable<readonly Row[]>;
  pulled: number;
  ended: boolean;
}

/** Batches of 1,000 rows of about 100 bytes, counted as they are pulled. */
export function source(batches: number): Source {
  const state: Source = { pulled: 0, ended: false, rows: rows() };
  async function* rows(): AsyncGenerator<readonly Row[]> {
    try {
      for (let batch = 0; batch < batches; batch++) {
        state.pulled += 1;
        yield Array.from({ length: 1_000 }, (_, row) => [batch * 1_000 + row, 'x'.repeat(90)]);
      }
    } finally {
      state.ended = true;
    }
  }
  return state;
}

/** An answer whose body nobody reads yet. */
export async function unread(
  { port }: Mounted,
  session: string,
  form: Readonly<Record<string, string>> = inLines,
): Promise<IncomingMessage> {
  const asking = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `/jit/sessions/${session}/statements`,
    headers: { authorization: 'Bearer a', 'content-type': 'application/json', ...form },
  });
  asking.on('error', () => undefined).end(JSON.stringify(sql));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Waits until a figure no longer moves, and gives it. */
export async function settled(figure: () => number): Promise<number> {
  for (let before = -1; before !== figure(); await sleep(150)) before = figure();
  return figure();
}

/** An answer in lines, read. */
export const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
