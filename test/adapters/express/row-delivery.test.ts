import { describe, expect, it } from 'vitest';
import type { AuditEvent, Row } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';
import { columns, inLines, linesOf, settled, source, sql, unread, until } from './streams.js';

const deliveries = (events: readonly AuditEvent[]) =>
  events.filter(({ code }) => code === 'statement.delivered').map(({ data }) => data);

async function* slow(): AsyncGenerator<readonly Row[]> {
  yield [[1, 'first']];
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  yield [[2, 'second']];
}

describe.each(hosts)('what the record says was delivered over $name', ({ host }) => {
  it('is, of one JSON answer, what it holds, cut or not', async () => {
    const { gateway, audit } = await house(() => ({ columns, rows: source(50).rows }));
    const { ask, session } = await mount(gateway, { host });
    const { json } = await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
    expect(json).toMatchObject({ rowCount: 10_000, truncated: true });
    expect(deliveries(audit.events)).toMatchObject([{ rows: 10_000, truncated: true }]);
  });

  it('is so where the cap lies within a batch, and where all was there at once', async () => {
    for (const rows of [source(3).rows, Array.from({ length: 20 }, (_, n): Row => [n, 'x'])]) {
      const { gateway, audit } = await house(() => ({ columns, rows }));
      const { ask, session } = await mount(gateway, { host, options: { jsonRows: 7 } });
      await ask('POST', `/sessions/${await session()}/statements`, { body: sql });
      expect(deliveries(audit.events)).toMatchObject([{ rows: 7, truncated: true }]);
    }
  });

  it('is, of lines, what the lines held', async () => {
    const { gateway, audit } = await house(() => ({ columns, rows: source(5).rows }));
    const { ask, session } = await mount(gateway, { host });
    const lines = linesOf(
      (await ask('POST', `/sessions/${await session()}/statements`, { body: sql, headers: inLines })).text,
    );
    expect(lines.at(-1)).toEqual({ end: { status: 'complete', rows: 5_000, truncated: false } });
    expect(deliveries(audit.events)).toMatchObject([{ rows: 5_000, truncated: false }]);
  });

  it('is, where the client leaves while lines flow, what was given to its connection and no more', async () => {
    const rows = source(100_000);
    const { gateway, audit } = await house(() => ({ columns, rows: rows.rows }));
    const mounted = await mount(gateway, { host });
    const answer = await unread(mounted, await mounted.session());
    const pulled = await settled(() => rows.pulled);
    answer.destroy();
    await until(() => deliveries(audit.events).length > 0);
    const [delivered] = deliveries(audit.events);
    expect(delivered).toMatchObject({ code: 'ABORTED', truncated: false });
    // What was pulled ahead, or was not written yet, is not counted.
    expect(delivered?.['rows']).toBeLessThanOrEqual(pulled * 1_000);
    expect(delivered?.['rows']).toBeGreaterThan(0);
  });

  it('is, where the client leaves amid one piece, told again: the last word counts', async () => {
    const rows = Array.from({ length: 9_000 }, (_, n): Row => [n, 'x'.repeat(1_500)]);
    const { gateway, audit } = await house(() => ({ columns, rows }));
    const mounted = await mount(gateway, { host, options: { jsonBytes: 64_000_000 } });
    const answer = await unread(mounted, await mounted.session(), {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer.destroy();
    await until(() => deliveries(audit.events).length > 0);
    const [delivered] = deliveries(audit.events);
    expect(delivered).toMatchObject({ code: 'ABORTED', truncated: false });
    expect(delivered?.['rows']).toBeGreaterThan(0);
    expect(delivered?.['rows']).toBeLessThan(9_000);
  });

  it('comes as lines as soon as the engine gives its first rows', async () => {
    const { gateway } = await house(() => ({ columns, rows: slow() }));
    const mounted = await mount(gateway, { host });
    const session = await mounted.session();
    const begun = performance.now();
    const answer = await unread(mounted, session);
    let text = '';
    answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await until(() => text.includes('first'));
    expect(performance.now() - begun).toBeLessThan(1_000);
    await until(() => text.includes('"end"'));
    expect(linesOf(text).at(-1)).toEqual({ end: { status: 'complete', rows: 2, truncated: false } });
  });
});
