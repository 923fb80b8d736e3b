import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryAnalyzer, memoryIdentity, memoryPolicy } from '../../src/adapters/memory/index.js';
import {
  deny,
  type Bind,
  type EngineStatement,
  type FactsAfter,
  type Plugin,
  type RunRequest,
} from '../../src/core/index.js';
import { deepFreeze } from '../../src/core/data/deep-freeze.js';
import { FakeClock } from '../core/fake-clock.js';
import { as, codeOf, house, rules, valueOf } from '../core/test-gateway.js';

/** Every object that can be reached, itself among them. */
function reached(value: unknown, found: Set<object> = new Set()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const each of Object.values(value)) reached(each, found);
  return found;
}

/** Writes over all that can be written over, deep down. */
function spoil(value: unknown): void {
  for (const each of reached(value)) {
    for (const key of [...Object.keys(each), 'added']) Reflect.set(each, key, 'spoilt');
    for (const key of Object.keys(each)) Reflect.deleteProperty(each, key);
    Reflect.setPrototypeOf(each, { scope: 'all' });
  }
}

const json = fc.jsonValue({ maxDepth: 4 });

describe('facts', () => {
  it('are the same value, share nothing that can change with where they came from, and bend nowhere', () => {
    fc.assert(
      fc.property(json, (value) => {
        const [before, given] = [JSON.stringify(value), structuredClone(value)];
        const kept = deepFreeze(given);
        spoil(given);
        spoil(kept);
        // A key of this name is data in JSON and a trap in an object, so it is left behind.
        if (!before.includes('"__proto__"')) expect(JSON.stringify(kept)).toBe(before);
        for (const each of reached(kept)) expect(Object.isFrozen(each)).toBe(true);
        expect(deepFreeze(kept)).toBe(kept);
      }),
      { numRuns: 500 },
    );
  });
});

interface Plan {
  readonly table: string;
  readonly binds: readonly Bind[];
  readonly reason: string;
  readonly agent: string;
  /** Who spoils what they hold, and when. */
  readonly spoilers: readonly ('caller' | 'identity' | 'policy' | 'analyzer' | 'informer' | keyof FactsAfter)[];
}

const word = fc.stringMatching(/^[a-z]{1,12}$/);
const plans: fc.Arbitrary<Plan> = fc.record({
  table: word,
  binds: fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 4 }),
  reason: word,
  agent: word,
  spoilers: fc.uniqueArray(
    fc.constantFrom<Plan['spoilers'][number][]>(
      'caller',
      'identity',
      'policy',
      'analyzer',
      'informer',
      'identity',
      'scope',
      'approval',
    ),
  ),
});

/**
 * One session and one statement; whoever is a spoiler writes over what it was given at once, and over what it gave as
 * soon as anybody is asked anything else.
 */
async function play({ table, binds, reason, agent, spoilers }: Plan): Promise<unknown> {
  const held: unknown[] = [];
  const sent: EngineStatement[] = [];
  const hold = <T>(who: Plan['spoilers'][number], value: T): T => {
    for (const each of held) spoil(each);
    if (spoilers.includes(who)) held.push(value);
    return value;
  };
  const [identity, policy, analyzer] = [
    memoryIdentity({ 'token-a': { subject: 'agent-a', scopes: ['jit'] } }),
    memoryPolicy(rules),
    memoryAnalyzer(),
  ];
  const plugin: Plugin = {
    name: 'holding',
    setup(host) {
      host.inform(
        (given) => (
          spoilers.includes('informer') && spoil(given),
          hold('informer', { ticket: 'CHG-1', list: ['a', { b: 'c' }] })
        ),
      );
      for (const after of ['identity', 'scope', 'approval'] as const) {
        host.guard(after, (given) => {
          const before = JSON.stringify(given);
          if (spoilers.includes(after)) spoil(given);
          return JSON.stringify(given) === before && [...reached(given)].every((each) => Object.isFrozen(each))
            ? undefined
            : deny('GUARDED', `facts after ${after} bend`);
        });
      }
    },
  };
  const { gateway, open, audit } = await house(
    {
      clock: new FakeClock(),
      plugins: [plugin],
      identity: {
        authenticate: async (...given) => hold('identity', structuredClone(await identity.authenticate(...given))),
      },
      policy: {
        version: 'memory:1',
        decide: async (...given) => hold('policy', structuredClone(await policy.decide(...given))),
      },
      analyzer: { analyze: async (...given) => hold('analyzer', structuredClone(await analyzer.analyze(...given))) },
    },
    (statement) => {
      sent.push(statement);
      return { columns: ['A'], rows: [[1]] };
    },
  );
  const asking = { ...as('token-a'), reason, transport: { protocol: 'rest' as const, userAgent: agent } };
  const opening = open(asking);
  if (spoilers.includes('caller')) spoil(asking);
  const session = valueOf(await opening);
  const request: RunRequest = {
    ...as('token-a'),
    session: session.id,
    sql: `SELECT ${table}`,
    binds: [...binds],
    transport: { protocol: 'rest', userAgent: agent },
  };
  const running = gateway.run(request);
  if (spoilers.includes('caller')) spoil(request);
  const outcome = await running;
  await gateway.shutdown();
  const own = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
  return JSON.parse(
    JSON.stringify({ code: codeOf(outcome), sent, session, record: audit.events }).replaceAll(own, 'an id'),
  );
}

describe('what was decided on', () => {
  it('is what runs and what is recorded, whoever writes over what they were given, gave or asked', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const spoilt = await play(plan);
        expect(spoilt).toEqual(await play({ ...plan, spoilers: [] }));
        expect(spoilt).toMatchObject({
          code: 'completed',
          sent: [{ canonical: `SELECT ${plan.table}`, binds: plan.binds }],
          session: { reason: plan.reason },
        });
      }),
      { numRuns: 200 },
    );
  });
});
