import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { casbin } from '../../src/adapters/casbin/index.js';
import { duckdb } from '../../src/adapters/duckdb/index.js';
import { fileSink } from '../../src/adapters/file/index.js';
import { bulk, httpSink, ndjson, splunkHec } from '../../src/adapters/http/index.js';
import { kafka } from '../../src/adapters/kafka/index.js';
import { memoryIdentity } from '../../src/adapters/memory/index.js';
import { createGateway, type OpenRequest } from '../../src/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { closeAll, ends, receiver } from '../adapters/http/receiver.js';
import { drained } from '../adapters/kafka/read-topics.js';
import { as, rowsOf, valueOf } from '../core/test-gateway.js';
import { clientOf, freshTopic, makeTopics, withBroker } from '../support/kafka/index.js';

const policy = `
p, idp:agent, warehouse, ACME.OPS, open:read, allow
p, idp:agent, warehouse, ACME.OPS.*, read, allow
p, idp:agent, warehouse, ACME.FULL, open:read, allow
p, idp:agent, warehouse, ACME.FULL.*, read, allow, record=full
p, idp:agent, warehouse, ACME.NOTHING, open:read, allow
p, idp:agent, warehouse, ACME.NOTHING.*, read, allow, record=metadata
`;
const [token, literal, bind, row] = ['canary-token-5501', 'canary-literal-5502', 'canary-bind-5503', 'canary-row-5504'];
const never = new RegExp([token, bind, row].join('|'));
const broker = withBroker();
const schemas = ['OPS', 'FULL', 'NOTHING'];

afterAll(closeAll);

const executed = (text: string): number => text.match(/"event_code":"statement\.executed"/g)?.length ?? 0;

/**
 * An agent that does well and badly, in schemas of all three levels, with something secret wherever there is a place
 * for it.
 */
async function played(gateway: Awaited<ReturnType<typeof createGateway>>): Promise<void> {
  for (const schema of schemas) {
    const asked: OpenRequest = {
      ...as(token),
      connection: 'warehouse',
      schema: `ACME.${schema}`,
      access: 'read',
      ttlMs: 60_000,
      reason: 'a test',
    };
    const { id: session } = valueOf(await gateway.open(asked));
    const run = (sql: string, binds: readonly string[] = []) => gateway.run({ ...as(token), session, sql, binds });
    expect((await run(`SELECT '${literal}' AS a`, [bind])).status).toBe('denied');
    expect(await rowsOf(valueOf(await run(`SELECT '${literal}' AS a, ? AS b, word FROM words`, [bind])))).toEqual([
      [literal, bind, row],
    ]);
    for (const sql of [
      `SELECT CAST('${literal}' AS INTEGER) FROM words`,
      'SELECT CAST(word AS INTEGER) FROM words',
      `SELECT word FROM words WHERE word = '${literal}`,
      `SELECT * FROM acme.elsewhere.words WHERE word = '${literal}'`,
      `DELETE FROM words WHERE word = '${literal}'`,
    ]) {
      expect((await run(sql)).status).not.toBe('completed');
    }
    valueOf(await gateway.close({ ...as(token), session }));
  }
  expect(
    (
      await gateway.open({
        ...as(`${token}-unknown`),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 1_000,
        reason: 'a test',
      })
    ).status,
  ).toBe('denied');
}

describe.skipIf(broker.missing)('what must never be in the record', () => {
  it("is in no topic, no file and no request; a statement's own literals are on the topic for texts only, and only where the policy says so", async () => {
    const [directory, files, prefix] = [
      mkdtempSync(join(tmpdir(), 'canary-')),
      mkdtempSync(join(tmpdir(), 'canary-files-')),
      freshTopic(),
    ];
    await makeTopics(broker.cluster, prefix);
    const http = await receiver((asked, response, time) =>
      ends(
        200,
        asked.body.includes('"create"')
          ? JSON.stringify({
              items: asked.body
                .trim()
                .split('\n')
                .filter((_line, index) => index % 2 === 0)
                .map(() => ({ create: { status: 201 } })),
            })
          : '{"code":0}',
      )(asked, response, time),
    );
    const to = (name: string, format: ReturnType<typeof ndjson>) =>
      httpSink({ name, url: http.url, format, token: 'receiver-secret' });
    const gateway = await createGateway({
      connections: {
        warehouse: duckdb({
          schemas: schemas.map((name) => `ACME.${name}`),
          setup: schemas.map((name) => `CREATE TABLE ACME.${name}.WORDS AS SELECT '${row}' AS WORD`),
        }),
      },
      identity: memoryIdentity({ [token]: { subject: 'agent' } }),
      policy: casbin({ policy: { name: 'policy.csv', text: policy } }),
      audit: journal({
        directory,
        ship: [
          kafka({ client: clientOf(broker.cluster.brokers), prefix }),
          fileSink({ path: join(files, 'audit.jsonl') }),
          to('ndjson', ndjson()),
          to('elastic', bulk()),
          to('splunk', splunkHec()),
        ],
      }),
    });
    await played(gateway);
    await gateway.shutdown();

    const topics = Object.fromEntries(
      await Promise.all(
        (['events', 'checkpoints', 'dlq', 'sqltext'] as const).map(
          async (kind) =>
            [
              kind,
              (await drained(broker.cluster.brokers, prefix, [kind])).map(({ value }) => value ?? '').join('\n'),
            ] as const,
        ),
      ),
    );
    const written = readdirSync(files)
      .map((name) => readFileSync(join(files, name), 'utf8'))
      .join('\n');
    const posted = http.asked.map(({ url, body }) => url + body).join('\n');
    const kept = readdirSync(directory)
      .filter((name) => name !== 'keys.json')
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('\n');
    const places = { ...topics, written, posted };

    for (const [name, text] of Object.entries({ ...places, kept }))
      expect([name, never.exec(text)?.[0]]).toEqual([name, undefined]);
    for (const [name, text] of Object.entries(places))
      expect([name, text.includes(literal)]).toEqual([name, name === 'sqltext']);
    expect([executed(topics['events'] ?? ''), executed(written), executed(posted)]).toEqual([3, 3, 9]);
    expect(
      topics['sqltext']
        ?.split('\n')
        .map((text) => (JSON.parse(text) as { text: string }).text.includes('words') || text.includes('WORDS')),
    ).not.toContain(false);
    expect([
      topics['events']?.includes('"recorded":"metadata"'),
      topics['events']?.includes('"recorded":"full"'),
    ]).toEqual([true, true]);
    expect(topics['events']?.match(/SELECT \? AS /g)?.length).toBeGreaterThan(0);
  }, 300_000);
});
