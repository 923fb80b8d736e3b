/**
 * A thousand sessions, one after the other, as a process of its own: says how much of the heap is in use on the way,
 * and what still holds the process at the end.
 */
import { snowflake } from '../../../src/adapters/snowflake/index.js';
import { drained, grantOf, statement } from './account.js';

const { url, account, agentKey, gateKey, cycles } = JSON.parse(process.argv[2] ?? '') as Readonly<
  Record<string, string>
>;
const key = (privateKey = '') => ({ keyPair: { privateKey } });
const connector = snowflake({
  account: account ?? '',
  url: url ?? '',
  warehouse: 'WH',
  user: 'AGENT',
  credential: key(agentKey),
  schemas: ['ACME.OPS'],
  roles: {
    strategy: 'ephemeral',
    accessRole: () => 'OPS_READ',
    admin: { user: 'GATE_USER', role: 'GATE', credential: key(gateKey) },
  },
});
const never = new AbortController().signal;
const heap: number[] = [];
for (let cycle = 1; cycle <= Number(cycles); cycle += 1) {
  const session = await connector.open(grantOf(), never);
  await drained(await session.run(statement('SELECT ID FROM CUSTOMERS'), never));
  await session.close();
  if (cycle % 100 === 0) {
    globalThis.gc?.();
    heap.push(process.memoryUsage().heapUsed);
  }
}
await connector.close?.();
const holding = (): string[] =>
  process.getActiveResourcesInfo().filter((each) => !/^(?:TTYWrap|PipeWrap|Immediate)$/.test(each));
// A socket that was destroyed is gone a moment later.
for (let wait = 0; holding().length > 0 && wait < 50; wait += 1) await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ heap, left: holding() }));
