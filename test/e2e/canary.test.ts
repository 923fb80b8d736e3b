import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { place, service } from './http-client.js';

const [token, literal, bind] = ['canary-token-7731', 'canary-literal-7732', 'canary-bind-7733'];
const canary = /canary-\w+-77\d\d/;

it('no token, literal, bind or row value is in the record, in a refusal, or in anything printed, whether it went well or not', async () => {
  const directory = place();
  const host = await service(directory);
  const {
    json: { id },
  } = await host.open(300, token);
  const good = await host.run(id, `SELECT '${literal}' AS a, ? AS b FROM ops.numbers WHERE n = 7`, token, [bind]);
  expect(good.json['rows']).toEqual([[literal, bind]]);
  const refused = [
    await host.run(id, `SELECT * FROM finance.payroll WHERE name = '${literal}'`, token, [bind]),
    await host.run(id, `SELECT no_such_function('${literal}') FROM ops.numbers`, token),
    await host.run(id, `SELECT '${literal}' FROM ops.no_such_table`, token),
    await host.run(id, `SELECT CAST('${literal}' AS INTEGER) FROM ops.numbers`, token),
    await host.run(id, `SELECT '${literal}`, token),
    await host.run(id, `DELETE FROM ops.numbers WHERE n = '${literal}'`, token, [bind]),
    await host.run(id, `SELECT ? FROM ops.numbers`, token, [{ [bind]: literal }]),
    await host.run(id, 'SELECT 1', `${token}x`),
    await host.ask('POST', `/sessions/${String(id)}/explain`, { sql: `SELECT '${literal}` }, token),
  ];
  for (const answer of refused.filter(({ status }) => status >= 400))
    expect(JSON.stringify(answer.json)).not.toMatch(canary);
  expect(refused.filter(({ status }) => status >= 400).length).toBeGreaterThanOrEqual(8);
  const { json: record } = await host.ask('GET', `/sessions/${String(id)}/record`, undefined, token);
  expect(JSON.stringify(record)).toContain('SELECT ? AS a');
  expect(JSON.stringify(record)).not.toMatch(canary);
  await host.stop('SIGTERM');
  expect(host.said()).not.toMatch(canary);
  const files = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) expect(readFileSync(join(directory, name), 'utf8')).not.toMatch(canary);
});
