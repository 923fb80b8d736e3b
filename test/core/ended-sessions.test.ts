import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import type { EngineSession } from '../../src/core/index.js';
import { as, codeOf, house, ops, rowsOf, valueOf } from './test-gateway.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it('of an ended session what it held at the engine is let go of, though the session is remembered', async () => {
  const engine = memoryEngine([ops], () => ({ columns: ['N'], rows: [[1]] }));
  const held: WeakRef<EngineSession>[] = [];
  const open: typeof engine.open = async (...given) => {
    // As large as a driver's connection may be.
    const its = Object.assign(await engine.open(...given), { buffer: new Uint8Array(1_000_000) });
    held.push(new WeakRef(its));
    return its;
  };
  const { gateway, session, run } = await house({ connections: { warehouse: { ...engine, open } } });
  const ids: string[] = [];
  for (let each = 0; each < 5; each += 1) {
    const id = await session();
    await rowsOf(valueOf(await run(id)));
    valueOf(await gateway.close({ ...as('token-a'), session: id }));
    ids.push(id);
  }
  await expect
    .poll(() => {
      collect();
      return held.filter((each) => each.deref() !== undefined).length;
    })
    .toBeLessThanOrEqual(1);
  expect(valueOf(await gateway.session({ ...as('token-a'), session: ids[0] as string })).state).toBe('closed');
  expect(codeOf(await run(ids[0] as string))).toBe('SESSION_CLOSED');
  expect(codeOf(await gateway.describe({ ...as('token-a'), session: ids[0] as string }))).toBe('SESSION_CLOSED');
});
