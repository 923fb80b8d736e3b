import { describe, expect, it } from 'vitest';
import { AccessError, type Row } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';
import { columns, inLines, linesOf, source, sql, until } from './streams.js';

describe.each(hosts)('rows over $name', ({ host }) => {
  it('come in lines: head, rows, end', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const { status, headers, text } = await ask('POST', `/sessions/${await session()}/statements`, {
      body: sql,
      headers: inLines,
    });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    expect(linesOf(text)).toEqual([
      expect.objectContaining({
        statement: expect.any(String),
        kind: 'read',
        columns: [
          { name: 'ID', type: 'JSON' },
          { name: 'NAME', type: 'JSON' },
        ],
      }),
      {
        rows: [
          [1, 'one'],
          [2, null],
        ],
      },
      { end: { status: 'complete', rows: 2, truncated: false } },
    ]);
  });

  it('a batch of any size becomes lines of a fair length', async () => {
    const { gateway } = await house(() => ({ columns, rows: Array.from({ length: 5_000 }, (_, n) => [n, '']) }));
    const { ask, session } = await mount(gateway, { host });
    const lines = linesOf(
      (await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines })).text,
    );
    expect(lines.slice(1, -1).map((each) => (each['rows'] as unknown[]).length)).toEqual([64, 2_048, 2_048, 840]);
    expect(
      lines
        .slice(1, -1)
        .flatMap((each) => each['rows'] as Row[])
        .map(([n]) => n),
    ).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it('heavy rows go few to a line', async () => {
    const heavy = 'x'.repeat(300_000);
    const { gateway } = await house(() => ({ columns, rows: Array.from({ length: 70 }, (_, n) => [n, heavy]) }));
    const { ask, session } = await mount(gateway, { host });
    const lines = linesOf(
      (await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines })).text,
    );
    expect(lines.slice(1, -1).map((each) => (each['rows'] as unknown[]).length)).toEqual([64, 1, 1, 1, 1, 1, 1]);
  });

  it('no rows are an answer too', async () => {
    const { gateway } = await house(() => ({ columns, rows: [] }));
    const { ask, session } = await mount(gateway, { host });
    const path = `/sessions/${await session()}/statements`;
    expect((await ask('POST', path, { body: sql })).json).toMatchObject({ rows: [], rowCount: 0, truncated: false });
    expect(linesOf((await ask('POST', path, { body: sql, headers: inLines })).text)).toHaveLength(2);
  });

  it('one JSON answer holds what its caps allow, says so, and lets the engine go', async () => {
    const rows = source(1_000);
    const { gateway, engine } = await house(() => ({ columns, rows: rows.rows }));
    const { ask, session } = await mount(gateway, { host, options: { jsonRows: 1_500 } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({
      rowCount: 1_500,
      truncated: true,
      hint: expect.stringContaining('application/x-ndjson'),
    });
    expect(json['rows']).toHaveLength(1_500);
    await until(() => rows.ended);
    expect(rows.pulled).toBeLessThan(10);
    expect(engine.ran).toHaveLength(1);
  });

  it.each([
    [1, 0],
    [104, 0],
    [105, 1],
    [210, 2],
    [250, 2],
  ])('%i bytes hold %i rows of 105', async (jsonBytes, expected) => {
    const row = [1, 'é'.repeat(49)];
    const { gateway } = await house(() => ({ columns, rows: [row, row, row] }));
    const { ask, session } = await mount(gateway, { host, options: { jsonBytes } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: expected, truncated: true, rows: [row, row, row].slice(0, expected) });
  });

  it('exactly as many rows as the cap are not cut', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host, options: { jsonRows: 2 } });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: 2, truncated: false });
    expect(json['hint']).toBeUndefined();
  });

  it('the gateway’s own cap is said in both forms', async () => {
    const { gateway } = await house(undefined, { limits: { maxRows: 1 } });
    const { ask, session } = await mount(gateway, { host });
    const path = `/sessions/${await session()}/statements`;
    expect((await ask('POST', path, { body: sql })).json).toMatchObject({ rows: [[1, 'one']], truncated: true });
    expect(linesOf((await ask('POST', path, { body: sql, headers: inLines })).text).at(-1)).toEqual({
      end: { status: 'complete', rows: 1, truncated: true },
    });
  });

  it('an engine that breaks off says so: a problem instead of rows, or as the last line', async () => {
    const { gateway } = await house(() => ({
      columns,
      rows: (async function* () {
        for (let batch = 0; batch < 4; batch++) yield [[batch, '']];
        throw new AccessError('ENGINE_UNAVAILABLE', 'the engine is gone', { detail: { engineCode: 'X1' } });
      })(),
    }));
    const faults: string[] = [];
    const { ask, session } = await mount(gateway, {
      host,
      options: { onFault: ({ code }, id) => faults.push(`${code} ${id}`) },
    });
    const path = `/sessions/${await session()}/statements`;
    const whole = await ask('POST', path, { body: sql });
    expect([whole.status, whole.json['code'], whole.json['data'], whole.headers.get('retry-after')]).toEqual([
      503,
      'ENGINE_UNAVAILABLE',
      { engineCode: 'X1' },
      '5',
    ]);
    const lines = linesOf((await ask('POST', path, { body: sql, headers: inLines })).text);
    const head = lines[0] as { statement: string };
    expect(lines.at(-1)).toMatchObject({
      end: {
        status: 'failed',
        rows: expect.any(Number),
        problem: { code: 'ENGINE_UNAVAILABLE', status: 503, instance: `urn:uuid:${head.statement}` },
      },
    });
    expect(faults).toEqual([expect.stringContaining('ENGINE_UNAVAILABLE'), `ENGINE_UNAVAILABLE ${head.statement}`]);
  });
});
