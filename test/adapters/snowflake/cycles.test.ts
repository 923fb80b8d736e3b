import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { account, agentKey, gateKey, left, nothing } from './account.js';

it('a thousand sessions leave no memory, no socket and no timer behind, and the process ends by itself', async () => {
  const server = await account();
  const settings = {
    url: `http://${server.host}:${server.port}`,
    account: server.account,
    agentKey: agentKey.privateKey,
    gateKey: gateKey.privateKey,
    cycles: '1000',
  };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--expose-gc',
      '--unhandled-rejections=strict',
      '--import',
      'tsx',
      join(import.meta.dirname, 'session-cycles.ts'),
      JSON.stringify(settings),
    ],
    { timeout: 240_000 },
  );
  const said = JSON.parse(stdout) as { readonly heap: readonly number[]; readonly left: readonly string[] };
  const early = Math.min(...said.heap.slice(1, 4));
  const late = Math.min(...said.heap.slice(-3));
  console.log(
    `heap in use after 200 to 400 sessions ${(early / 2 ** 20).toFixed(1)} MiB, after 800 to 1,000 ${(late / 2 ** 20).toFixed(1)} MiB`,
  );
  expect(late - early).toBeLessThan(1.5 * 2 ** 20);
  expect(said.left).toEqual([]);
  expect(stderr).not.toMatch(/MaxListeners|unhandled/i);
  expect(left(server)).toEqual(nothing);
  await server.close();
}, 300_000);
