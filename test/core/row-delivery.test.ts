import { describe, expect, it } from 'vitest';
import { AccessError, type AuditEvent, type RowConsumer, type Row } from '../../src/core/index.js';
import { createDeferred } from '../../src/core/async/deferred.js';
import { codeOf, house, rowsOf, valueOf, type House } from './test-gateway.js';

const rows = (count: number, from = 0): Row[] => Array.from({ length: count }, (_, n) => [from + n]);

async function* batches(...sizes: readonly number[]): AsyncGenerator<readonly Row[]> {
  let from = 0;
  for (const size of sizes) {
    yield rows(size, from);
    from += size;
  }
}

const streaming = (...sizes: readonly number[]) => house({}, () => ({ columns: ['N'], rows: batches(...sizes) }));
const deliveries = ({ audit }: House): readonly AuditEvent['data'][] =>
  audit.events.filter(({ code }) => code === 'statement.delivered').map(({ data }) => data);
const executed = ({ audit }: House): AuditEvent['data'] | undefined =>
  audit.events.find(({ code }) => code === 'statement.executed')?.data;
const all: RowConsumer = (batch, sent) => sent(batch);

/** Takes rows until it has so many. */
function upTo(most: number): RowConsumer {
  let left = most;
  return (batch, sent) => {
    const taken = batch.slice(0, left);
    left -= taken.length;
    sent(taken);
    return taken.length === batch.length;
  };
}

describe('what is handed out of a result that streams', () => {
  it('is counted row by row where its taker says so, and cut where the taker stops', async () => {
    const at = await streaming(4, 4, 4);
    const result = valueOf(await at.run(await at.session()));
    expect(await result.deliver(upTo(6))).toEqual({ rows: 6, bytes: 66, truncated: true });
    expect(deliveries(at)).toMatchObject([{ rows: 6, bytes: 66, truncated: true }]);
    expect(result.delivery()).toEqual({ rows: 6, bytes: 66, truncated: true });
  });

  it('is not cut where the taker had room for exactly all', async () => {
    const at = await streaming(4, 4, 4);
    expect(await valueOf(await at.run(await at.session())).deliver(upTo(12))).toMatchObject({
      rows: 12,
      truncated: false,
    });
    expect(deliveries(at)).toMatchObject([{ rows: 12, truncated: false }]);
  });

  it('is what went out before the taker failed, with the code of its failure', async () => {
    const at = await streaming(4, 4, 4);
    const result = valueOf(await at.run(await at.session()));
    let count = 0;
    await expect(
      result.deliver((batch, sent) => {
        sent(batch.slice(0, 3));
        count += 1;
        if (count === 2) throw new AccessError('ABORTED');
      }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    expect(deliveries(at)).toMatchObject([{ rows: 6, code: 'ABORTED' }]);
  });

  it('is what went out before the session ended', async () => {
    const at = await streaming(4, 4, 4);
    const session = await at.session();
    const result = valueOf(await at.run(session));
    await expect(
      result.deliver(async (batch, sent) => {
        sent(batch.slice(0, 1));
        await at.gateway.close({ credential: { scheme: 'bearer', token: 'token-a' }, session });
        sent(batch.slice(1));
      }),
    ).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect(deliveries(at)).toMatchObject([{ rows: 1, code: 'SESSION_CLOSED' }]);
  });

  it('counts whole batches for an iteration, as far as it went', async () => {
    const at = await streaming(4, 4, 4);
    for await (const batch of valueOf(await at.run(await at.session())).batches) if (batch.length > 0) break;
    expect(deliveries(at)).toMatchObject([{ rows: 4, truncated: false }]);
  });
});

describe('what is handed out of a result that is all there', () => {
  it('stands in its outcome, and nothing follows where all of it went out', async () => {
    for (const take of [all, undefined]) {
      const at = await house({}, () => ({ columns: ['N'], rows: rows(5) }));
      const result = valueOf(await at.run(await at.session()));
      await (take === undefined ? rowsOf(result) : result.deliver(take));
      expect([executed(at)?.['rows'], deliveries(at)]).toEqual([5, []]);
    }
  });

  it('is told afterwards where less went out', async () => {
    const at = await house({}, () => ({ columns: ['N'], rows: rows(5) }));
    await valueOf(await at.run(await at.session())).deliver(upTo(2));
    expect([executed(at)?.['rows'], deliveries(at)]).toMatchObject([5, [{ rows: 2, truncated: true }]]);
  });

  it('is nothing where the caller left before it took any', async () => {
    const leaving = new AbortController();
    const at = await house({}, () => ({ columns: ['N'], rows: rows(5) }));
    valueOf(await at.run(await at.session(), 'SELECT orders', 'token-a', leaving.signal));
    leaving.abort();
    await expect.poll(() => deliveries(at)).toMatchObject([{ rows: 0, code: 'ABORTED' }]);
  });

  it('can be told again, the last word counts', async () => {
    const at = await house({}, () => ({ columns: ['N'], rows: rows(5) }));
    const result = valueOf(await at.run(await at.session()));
    await result.deliver(all);
    await result.recount({ rows: 3, bytes: 24, truncated: false, code: 'ABORTED' });
    expect(deliveries(at)).toMatchObject([{ rows: 3, bytes: 24, truncated: false, code: 'ABORTED' }]);
  });
});

describe('a first batch', () => {
  it('is handed out though the second is long in coming', async () => {
    const second = createDeferred();
    async function* slow(): AsyncGenerator<readonly Row[]> {
      yield rows(2);
      await second.promise;
      yield rows(2, 2);
    }
    const at = await house({}, () => ({ columns: ['N'], rows: slow() }));
    const result = valueOf(await at.run(await at.session()));
    const iterator = result.batches[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: [[0], [1]] });
    expect(executed(at)).toMatchObject({ complete: false });
    const next = iterator.next();
    second.resolve();
    expect(await next).toMatchObject({ value: [[2], [3]] });
    expect(await iterator.next()).toMatchObject({ done: true });
    expect(deliveries(at)).toMatchObject([{ rows: 4, truncated: false }]);
  });

  it('is not lost, and says so, where the engine fails after it while nobody waits', async () => {
    const failing = createDeferred();
    async function* slow(): AsyncGenerator<readonly Row[]> {
      yield rows(2);
      await failing.promise;
      throw new AccessError('ENGINE_UNAVAILABLE');
    }
    const at = await house({}, () => ({ columns: ['N'], rows: slow() }));
    const iterator = valueOf(await at.run(await at.session())).batches[Symbol.asyncIterator]();
    failing.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await iterator.next()).toMatchObject({ value: [[0], [1]] });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(deliveries(at)).toMatchObject([{ rows: 2, code: 'ENGINE_UNAVAILABLE' }]);
  });

  it('that is all is waited for no longer than it takes', async () => {
    const at = await streaming(2);
    const outcome = await at.run(await at.session());
    expect([codeOf(outcome), executed(at)?.['complete']]).toEqual(['completed', true]);
  });
});
