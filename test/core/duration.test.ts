import { expect, it } from 'vitest';
import { AccessError, type Row } from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';
import { house, rowsOf, valueOf } from './test-gateway.js';

it('what follows an intent tells how long it took, and nothing else does', async () => {
  const clock = new FakeClock();
  async function* slowly(): AsyncGenerator<readonly Row[]> {
    for (let batch = 0; batch < 4; batch += 1) {
      clock.forward(100);
      yield [[batch]];
    }
  }
  const { session, run, audit } = await house({ clock }, ({ canonical }) => {
    clock.forward(812);
    if (canonical.includes('failing')) throw new AccessError('ENGINE_REJECTED', 'no');
    return { columns: ['ID'], rows: canonical.includes('streamed') ? slowly() : [[1]] };
  });
  const id = await session();
  clock.forward(5_000);
  valueOf(await run(id));
  await run(id, 'SELECT failing');
  const result = valueOf(await run(id, 'SELECT streamed'));
  clock.forward(3_000);
  expect(await rowsOf(result)).toHaveLength(4);
  await run(id, 'DELETE orders');
  expect(
    audit.events.filter(({ data }) => 'durationMs' in data).map(({ code, data }) => [code, data['durationMs']]),
  ).toEqual([
    // Two batches are there before it is known that more will come; the caller then took three seconds before the rest.
    ['session.opened', 0],
    ['statement.executed', 812],
    ['statement.failed', 812],
    ['statement.executed', 1_012],
    ['statement.delivered', 4_212],
  ]);
  expect(audit.events.map(({ code }) => code)).toContain('statement.denied');
});
