import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import {
  AccessError,
  type CatalogueObject,
  type ObservedResult,
  type EngineStatement,
  type Observer,
  type Plugin,
  type Row,
  type ObservedAttributes,
} from '../../src/core/index.js';
import { FakeClock } from '../core/fake-clock.js';
import { as, codeOf, house, ops, rowsOf } from '../core/test-gateway.js';

type Habit = 'call' | 'twice' | 'never' | 'throw' | 'throw-after' | 'late' | 'reject' | 'hang' | 'bomb' | 'tamper';
const habits = fc.array(
  fc.constantFrom<Habit[]>(
    'call',
    'twice',
    'never',
    'throw',
    'throw-after',
    'late',
    'reject',
    'hang',
    'bomb',
    'tamper',
  ),
  { minLength: 1, maxLength: 4 },
);

const bomb: unknown = new Proxy(
  {},
  {
    get: () => {
      throw new Error('not even this can be looked at');
    },
  },
);

/** Tries to change what it is shown. Facts that bend would reach whoever watches next. */
function bend(shown: object, bent: string[]): void {
  for (const attempt of [
    () => Object.assign(shown, { status: 'denied', principal: 'idp:mallory' }),
    () => Object.defineProperty(shown, 'code', { value: 'FORGED' }),
    () => delete (shown as Record<string, unknown>)['status'],
  ]) {
    try {
      attempt();
      if (!Object.isFrozen(shown)) bent.push(JSON.stringify(shown));
    } catch {
      // As it should be.
    }
  }
}

function observerOf(habit: Habit, bent: string[]): Observer {
  return (_what, watched, work) => {
    if (habit === 'throw') throw new Error('an observer broke');
    if (habit === 'never') return undefined;
    if (habit === 'late') return void setTimeout(() => void work(), 5);
    if (habit === 'tamper') {
      bend(watched, bent);
      return work().then((end) => bend(end, bent));
    }
    const running = work();
    if (habit === 'twice') void work();
    if (habit === 'throw-after') throw new Error('an observer broke late');
    if (habit === 'reject') return Promise.reject(new Error('no'));
    if (habit === 'hang') return new Promise(() => undefined);
    return habit === 'bomb' ? bomb : running;
  };
}

/** Without what is of one run only. */
const bare = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'an id'));

type Work =
  | 'SELECT orders'
  | 'SELECT many'
  | 'SELECT acme.finance.payroll'
  | 'INSERT orders'
  | 'SELECT failing'
  | 'nonsense here'
  | 'describe'
  | 'look'
  | 'close';
const plans = fc.array(
  fc.constantFrom<Work[]>(
    'SELECT orders',
    'SELECT many',
    'SELECT acme.finance.payroll',
    'INSERT orders',
    'SELECT failing',
    'nonsense here',
    'describe',
    'look',
    'close',
  ),
  { minLength: 1, maxLength: 5 },
);

async function* batches(): AsyncGenerator<readonly Row[]> {
  for (let batch = 0; batch < 4; batch += 1) yield [[batch]];
}

function answer({ canonical }: EngineStatement): {
  columns: string[];
  rows: readonly Row[] | AsyncIterable<readonly Row[]>;
} {
  if (canonical === 'SELECT failing')
    throw new AccessError('ENGINE_REJECTED', undefined, { detail: { engineCode: '42' } });
  return { columns: ['A'], rows: canonical === 'SELECT many' ? batches() : [[1], [2]] };
}

const catalogue: readonly CatalogueObject[] = [
  { name: 'ORDERS', kind: 'table', columns: [{ name: 'ID', type: 'NUMBER' }] },
];

/**
 * All that anybody can tell: answers, rows, what the engine was given, the record, and what a careful observer before
 * and behind the others was told.
 */
async function play(plan: readonly Work[], between: readonly Observer[]): Promise<unknown> {
  const told: (readonly [string, ObservedAttributes, ObservedResult])[] = [];
  const careful: Observer = async (what, watched, work) => {
    const began = { ...watched };
    told.push([what, began, await work()]);
  };
  const plugin: Plugin = {
    name: 'watchers',
    setup: (host) => [careful, ...between, careful].forEach((each) => host.observe(each)),
  };
  const engine = memoryEngine([ops], answer, catalogue);
  const { gateway, open, run, audit } = await house({
    clock: new FakeClock(),
    plugins: [plugin],
    connections: { warehouse: engine },
  });
  const opened = await open();
  const [session, caller] = [opened.id, as('token-a')];
  const answers: unknown[] = [codeOf(opened)];
  for (const work of plan) {
    if (work === 'describe') answers.push(await gateway.describe({ ...caller, session }));
    else if (work === 'look') answers.push(await gateway.session({ ...caller, session }));
    else if (work === 'close') answers.push(await gateway.close({ ...caller, session }));
    else {
      const outcome = await run(session, work);
      answers.push([
        codeOf(outcome),
        outcome.at,
        outcome.status === 'completed' ? await rowsOf(outcome.value) : undefined,
      ]);
    }
  }
  await gateway.shutdown();
  await new Promise((resolve) => setImmediate(resolve));
  return bare({
    answers,
    ran: engine.ran,
    live: engine.live(),
    record: audit.events,
    told: told.map((each) => JSON.stringify(bare(each))).toSorted(),
  });
}

describe('observers', () => {
  it('are neutral, to the work and to each other: it runs once, and its outcome and record are the same, whatever they do', async () => {
    await fc.assert(
      fc.asyncProperty(habits, plans, async (each, plan) => {
        const bent: string[] = [];
        expect(
          await play(
            plan,
            each.map((habit) => observerOf(habit, bent)),
          ),
        ).toEqual(await play(plan, []));
        expect(bent).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
