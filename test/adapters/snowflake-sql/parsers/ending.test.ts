import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** The built thread: the one from source is loaded otherwise, and never showed the fault. */
const built = new URL('../../../../dist/adapters/snowflake-sql/parsers/', import.meta.url);
const host = new URL('parser-thread.js', built).href;
const worker = fileURLToPath(new URL('worker.js', built));

/**
 * Ends threads at every moment of their loading, where V8's background work on the parsers' code could outlive them.
 */
const script = `
const { startThread } = await import(${JSON.stringify(host)});
for (let round = 0; round < 40; round += 1) {
  const threads = [0, 1].map(() => startThread({ onReady() {}, onAnswer() {}, onExit() {} }));
  await new Promise((resolve) => setTimeout(resolve, 40 + (round % 20) * 15));
  await Promise.all(threads.map((each) => each.end()));
}
console.log('alive');
`;

describe('a parser thread that is ended while it loads', () => {
  it('takes nothing else with it', () => {
    const { status, signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'alive\n' });
  }, 120_000);

  // What the crash needs, and one run in hundreds shows: `require` takes a module only where nothing that it imports
  // awaits at its top level.
  it('has no module that awaits at its top level', async () => {
    const thread = new Worker(`require(${JSON.stringify(worker)})`, {
      eval: true,
      workerData: new BigInt64Array(new SharedArrayBuffer(8)),
      stderr: true,
    });
    const said = await new Promise((resolve) => thread.once('message', resolve).once('error', resolve));
    expect(said).toBe('ready');
    await thread.terminate();
  }, 60_000);
});
