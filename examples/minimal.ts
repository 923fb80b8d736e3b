/** The least that runs: everything in memory, called from code. `tsx examples/minimal.ts` */
import { createGateway } from 'sallyport';
import { memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from 'sallyport/memory';

const audit = memoryAudit();
const gateway = await createGateway({
  connections: {
    warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: ['ORDER_ID'], rows: [[1], [2]] })),
  },
  identity: memoryIdentity({ 'a-token': { subject: 'alice', actor: 'orders-agent' } }),
  policy: memoryPolicy([
    { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: 'open:read' },
    { id: 'read', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: 'read' },
  ]),
  audit,
});

const credential = { scheme: 'bearer', token: 'a-token' };
const opened = await gateway.open({
  credential,
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'read',
  ttlMs: 60_000,
  reason: 'count open orders',
});
if (opened.status !== 'completed') throw new Error(opened.status);
const session = opened.value.id;

const ran = await gateway.run({ credential, session, sql: 'SELECT order_id FROM orders' });
if (ran.status === 'completed') for await (const rows of ran.value.batches) console.log('rows', JSON.stringify(rows));

const reached = await gateway.run({ credential, session, sql: 'SELECT * FROM finance.payroll' });
if (reached.status === 'denied') console.log(reached.code, '-', reached.message);

await gateway.close({ credential, session });
await gateway.shutdown();
console.log(audit.events.map((event) => event.code).join(' '));
