import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** The built thread: the one from source is loaded otherwise, and never showed the fault. */
const host = new URL('../../../../dist/adapters/snowflake-sql/parsers/host.js', import.meta.url).href;

/** Ends threads at every moment of their loading, where V8's background work on the parsers' code could outlive them. */
const script = `
const { startThread } = await import(${JSON.stringify(host)});
for (let round = 0; round < 40; round += 1) {
  const threads = [0, 1].map(() => startThread({ ready() {}, answer() {}, gone() {} }));
  await new Promise((resolve) => setTimeout(resolve, 40 + (round % 20) * 15));
  await Promise.all(threads.map((each) => each.end()));
}
console.log('alive');
`;

describe('a parser thread that is ended while it loads', () => {
  it('takes nothing else with it', () => {
    const { status, signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', timeout: 110_000 });
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'alive\n' });
  }, 120_000);
});
