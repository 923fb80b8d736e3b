import { describe, expect, it } from 'vitest';
import { AccessError } from '../../../src/core/index.js';
import { batchesOf, connectorOf, grantOf, opened, rowsOf, run, slow } from './subject.js';

describe('sessions', () => {
  it('streams 300,000 rows without holding them', async () => {
    const { connector, session } = await opened();
    let [rows, most] = [0, 0];
    const before = process.memoryUsage().rss;
    for await (const batch of (await run(session, `SELECT range, 'text ' || range FROM range(300000)`)).batches) {
      rows += batch.length;
      most = Math.max(most, batch.length);
    }
    expect([rows, most]).toEqual([300_000, 2048]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    await connector.close?.();
  });

  it('rejects with the reason of the signal, and goes on', async () => {
    const { connector, session } = await opened();
    const stop = new AbortController();
    const running = run(session, slow, [], stop.signal);
    setTimeout(() => stop.abort(new AccessError('SESSION_REVOKED')), 50);
    await expect(running).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    await expect(run(session, slow, [], AbortSignal.timeout(20))).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await rowsOf(session, 'SELECT 1')).toEqual([[1]]);
    await connector.close?.();
  });

  it('stops in the middle of a stream', async () => {
    const { connector, session } = await opened();
    const stop = new AbortController();
    const drain = async (): Promise<void> => {
      for await (const batch of (await run(session, 'SELECT * FROM range(3000000)', [], stop.signal)).batches)
        if (batch.length > 0) stop.abort();
    };
    await expect(drain()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await rowsOf(session, 'SELECT 1')).toEqual([[1]]);
    await connector.close?.();
  });

  it('survives aborts at every moment', async () => {
    const { connector, session } = await opened();
    for (let round = 0; round < 40; round++) {
      const stop = new AbortController();
      const running = run(session, slow, [], stop.signal);
      setTimeout(() => stop.abort(), round % 4);
      await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    }
    expect(await rowsOf(session, 'SELECT count(*) FROM ORDERS')).toEqual([[3]]);
    await connector.close?.();
  });

  it('keeps temporary tables apart and data together', async () => {
    const { connector, session } = await opened('write');
    const { session: other } = await opened('write', connector);
    await run(session, 'CREATE TEMP TABLE MINE AS SELECT 1 AS A');
    await expect(run(other, 'SELECT * FROM MINE')).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
    expect((await run(session, `INSERT INTO ACME.OPS.ORDERS VALUES (4, 'Lin')`)).affected).toBe(1);
    expect(await rowsOf(other, 'SELECT CUSTOMER FROM OPS.ORDERS WHERE ID = 4')).toEqual([['Lin']]);
    const returning = await run(other, `INSERT INTO ORDERS VALUES (5, 'Mo') RETURNING ID`);
    expect(returning.affected).toBe(1);
    expect(await batchesOf(returning)).toEqual([[[5]]]);
    await connector.close?.();
  });

  it('runs sessions side by side', async () => {
    const { connector, session } = await opened();
    const { session: other } = await opened('read', connector);
    const stop = new AbortController();
    const running = run(session, slow, [], stop.signal);
    expect(await rowsOf(other, 'SELECT count(*) FROM ORDERS')).toEqual([[3]]);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    await connector.close?.();
  });

  it('closes the connector under a running statement, once and for all', async () => {
    const { connector, session } = await opened();
    const running = run(session, slow);
    const ended = expect(running).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    await connector.close?.();
    await connector.close?.();
    await ended;
    await expect(connector.open(grantOf(), new AbortController().signal)).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
    });
  });

  it('leaves nothing when opening is aborted', async () => {
    const connector = connectorOf();
    await expect(connector.open(grantOf(), AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    await connector.close?.();
  });
});
