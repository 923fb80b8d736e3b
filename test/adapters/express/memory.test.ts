import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { opening } from './test-gateway.js';

const service = join(import.meta.dirname, 'streaming-service.ts');
const headers = { authorization: 'Bearer a', 'content-type': 'application/json', accept: 'application/x-ndjson' };
const megabyte = 1_048_576;

const sqlFor = (rows: number): string =>
  `SELECT range AS id, 'customer ' || range AS customer, (range % 100)::DECIMAL(12, 2) AS amount, TIMESTAMP '2026-01-01' + to_seconds(range) AS at, range % 2 = 0 AS paid, NULL AS note FROM range(${rows})`;

/** Peak memory of a service that gave so many rows to a client that stops after every chunk, and what came last. */
async function peakFor(rows: number): Promise<{ readonly peak: number; readonly last: string }> {
  const child = fork(service, { execArgv: ['--import', 'tsx'] });
  try {
    const { port } = await told<{ port: number }>(child);
    const opened = await fetch(`http://127.0.0.1:${port}/jit/sessions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(opening),
    });
    const { id } = (await opened.json()) as { id: string };
    const asking = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: `/jit/sessions/${id}/statements`,
      headers,
    }).end(JSON.stringify({ sql: sqlFor(rows) }));
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    let last = '';
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      last = (last + chunk.toString('latin1')).slice(-200);
      await sleep(1);
    }
    child.send('peak');
    const { peak } = await told<{ peak: number }>(child);
    return { peak, last };
  } finally {
    child.kill();
  }
}

async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message', { signal: AbortSignal.timeout(60_000) })) as [T];
  return message;
}

it('a million rows to a slow client take at most 80 MB more than ten thousand', async () => {
  const few = await peakFor(10_000);
  const many = await peakFor(1_000_000);
  expect(many.last).toContain('{"end":{"status":"complete","rows":1000000,"truncated":false}}');
  expect((many.peak - few.peak) / megabyte).toBeLessThan(80);
}, 120_000);
