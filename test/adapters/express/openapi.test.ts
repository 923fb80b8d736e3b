import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import * as answered from '../../../src/http/server/response-schemas.js';
import { routes } from '../../../src/adapters/express/routes.js';
import { memoryApprover } from '../../../src/adapters/memory/index.js';
import { house, opening } from './test-gateway.js';
import { mount } from './test-hosts.js';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: Record<
      string,
      { readonly schema: { readonly additionalProperties: boolean; readonly required: string[] } }
    >;
  };
  readonly responses: Record<string, { readonly content: object }>;
}

interface Contract {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly schemas: Record<string, object> };
  readonly paths: Record<string, Record<string, Operation>>;
}

const methods = ['get', 'post', 'delete'];

/** Strips what the schema does not know, and finds nothing stripped. */
function fits(schema: z.ZodType, value: unknown): void {
  expect(schema.parse(value)).toEqual(value);
}

async function contract(): Promise<Contract> {
  const { gateway } = await house();
  const { status, json } = await (await mount(gateway)).ask('GET', '/openapi.json', { token: '' });
  expect(status).toBe(200);
  return json as unknown as Contract;
}

describe('the contract', () => {
  it('has every route and no other, and is for this mount', async () => {
    const { paths, openapi, servers, info } = await contract();
    const said = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => methods.includes(key))
        .map((method) => `${method} ${path}`),
    );
    const there = Object.entries(routes).flatMap(([path, route]) =>
      Object.keys(route).map((method) => `${method.toLowerCase()} ${path}`),
    );
    expect(said).toEqual(there);
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect([openapi, servers, info.version]).toEqual(['3.1.1', [{ url: '/jit' }], version]);
  });

  it('every reference has its schema, and every schema is referred to', async () => {
    const whole = await contract();
    const refs = new Set(
      [...JSON.stringify(whole.paths).matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1]),
    );
    expect(refs).toEqual(new Set(Object.keys(whole.components.schemas)));
    expect(JSON.stringify(whole)).not.toContain('$schema');
  });

  it('takes known fields only', async () => {
    const bodies = Object.values((await contract()).paths).flatMap((item) =>
      methods
        .map((method) => item[method]?.requestBody?.content['application/json']?.schema)
        .filter((each) => each !== undefined),
    );
    expect(bodies).toHaveLength(9);
    for (const { additionalProperties } of bodies) expect(additionalProperties).toBe(false);
    expect(bodies.filter(({ required }) => (required?.length ?? 0) === 0)).toHaveLength(3);
  });

  it('names each operation once', async () => {
    const ids = Object.values((await contract()).paths).flatMap((item) =>
      methods.flatMap((method) => item[method]?.operationId ?? []),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('answers are as the contract says', () => {
  it('all of them', async () => {
    const { gateway } = await house(undefined, { approver: memoryApprover() });
    const { ask, session } = await mount(gateway);
    const here = `/sessions/${await session()}`;
    const sql = { sql: 'SELECT orders' };
    fits(answered.session, (await ask('POST', '/sessions', { body: opening })).json);
    fits(answered.connections, (await ask('GET', '/connections')).json);
    fits(answered.rows, (await ask('POST', `${here}/statements`, { body: sql })).json);
    fits(answered.pending, (await ask('POST', `${here}/statements`, { body: { sql: 'DELETE orders' } })).json);
    fits(answered.explanation, (await ask('POST', `${here}/explain`, { body: sql })).json);
    fits(answered.explanation, (await ask('POST', `${here}/explain`, { body: { sql: 'no' } })).json);
    fits(answered.record, (await ask('GET', `${here}/record`)).json);
    fits(answered.problem, (await ask('GET', '/sessions/x')).json);
    fits(answered.session, (await ask('DELETE', here)).json);
    const lines = (
      await ask('POST', `/sessions/${await session()}/statements`, {
        body: sql,
        headers: { accept: 'application/x-ndjson' },
      })
    ).text
      .trimEnd()
      .split('\n');
    for (const line of lines) fits(answered.rowLine, JSON.parse(line));
  });
});
