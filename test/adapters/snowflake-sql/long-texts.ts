/**
 * A gateway that is asked to explain and run long texts that are all different, in a process of little memory. Started
 * by its test; prints how often it answered.
 */
import { memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import { buildGateway } from '../../../src/core/index.js';

const schema = { database: 'ACME', schema: 'OPS' };
const gateway = await buildGateway({
  connections: { warehouse: memoryEngine([schema], () => ({ columns: ['N'], rows: [[1]] })) },
  identity: memoryIdentity({ token: { subject: 'agent' } }),
  policy: memoryPolicy([{ id: 'all', subject: '*', connection: 'warehouse', object: '*', action: '*' }]),
  analyzer: snowflakeSql(),
  audit: memoryAudit(),
  limits: { requestsPerCaller: 100_000, requestBurstPerCaller: 100_000, refusalsPerCaller: 100_000 },
});
const as = { credential: { scheme: 'bearer', token: 'token' } } as const;
const opened = await gateway.open({
  ...as,
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'read',
  ttlMs: 600_000,
  reason: 'a test',
});
const session = opened.status === 'completed' ? opened.value.id : '';
let answered = 0;
for (let each = 0; each < 600; each += 1) {
  const sql = `SELECT ${each}, '${'é'.repeat(1_000_000)}' FROM ORDERS`;
  const told = await gateway.explain({ ...as, session, sql });
  if (told.status === 'completed' && told.value.denied?.reason === 'sql.too_long') answered += 1;
}
console.log(answered);
await gateway.shutdown();
