import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';

const fresh = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'sallyport-')), 'audit');

describe("a journal's folder", () => {
  it('belongs to one of two that begin in it at once; the other is told so', async () => {
    for (let round = 0; round < 20; round += 1) {
      const directory = await fresh();
      const both = await Promise.allSettled([journal({ directory }), journal({ directory })]);
      const [opened, refused] = [
        both.filter(({ status }) => status === 'fulfilled'),
        both.filter(({ status }) => status === 'rejected'),
      ];
      expect([opened.length, refused.map((each) => (each as PromiseRejectedResult).reason as unknown)]).toMatchObject([
        1,
        [{ code: 'CONFIG_INVALID' }],
      ]);
      await (opened[0] as PromiseFulfilledResult<Awaited<ReturnType<typeof journal>>>).value.close?.();
    }
  });

  it('remembers break-glass sessions that are not reviewed', async () => {
    const directory = await fresh();
    const first = await journal({ directory });
    for (const session of ['s-1', 's-2'])
      await first.append(
        sampleEvent('breakglass.activated', {
          session,
          connection: 'warehouse',
          scope: { database: 'ACME', schema: 'OPS', access: 'write' },
          data: { reason: 'down' },
        }),
      );
    await first.append(sampleEvent('breakglass.reviewed', { session: 's-1' }));
    expect(await first.unreviewed?.()).toEqual([]);
    await first.close?.();
    const second = await journal({ directory });
    expect(await second.unreviewed?.()).toMatchObject([
      {
        session: 's-2',
        connection: 'warehouse',
        scope: { database: 'ACME', schema: 'OPS', access: 'write' },
        data: { reason: 'down' },
        who: {},
      },
    ]);
    await second.append(sampleEvent('breakglass.reviewed', { session: 's-2' }));
    expect(await second.unreviewed?.()).toEqual([]);
    await second.close?.();
  });
});
