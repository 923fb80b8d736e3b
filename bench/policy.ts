import { newEnforcer, newModelFromString } from 'casbin';
import { casbin } from '../src/adapters/casbin/index.js';
import type { PolicyDecisionPoint, Question } from '../src/core/index.js';
import { median, ratioOf, type Row } from './row.js';

const plainModel = `
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, dom, obj, act, eft
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj && r.act == p.act`;

const { signal } = new AbortController();
const own = Array.from(
  { length: 5 },
  (_, index) => `p, role:mine, warehouse, ACME.OPS.T${index}, read, allow, , mine-${index}`,
);
const rulesOf = (count: number): string =>
  [
    'g, idp:me, role:mine, warehouse',
    ...own,
    ...Array.from(
      { length: count - own.length },
      (_, index) => `p, role:r${index % 5_000}, warehouse, ACME.S${index}.T, read, allow`,
    ),
  ].join('\n');

const policyOf = (count: number): Promise<PolicyDecisionPoint> =>
  casbin({ policy: { name: 'bench', text: rulesOf(count) } });

/**
 * P5: what a decision costs among 100,000 rules, against 100 rules, and against plain node-casbin. Tables vary so that
 * kept answers do not hide the work.
 */
export async function policyRows(quick: boolean): Promise<Row[]> {
  const [rounds, each] = quick ? [5, 300] : [11, 1_000];
  const [few, many] = [await policyOf(100), await policyOf(100_000)];
  const [fewTimes, manyTimes, keptTimes]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second, third] = [
      await p50(few, each, fresh(round)),
      await p50(many, each, fresh(round)),
      await p50(many, each, () => 'ACME.OPS.T1'),
    ];
    if (round === 0) continue; // warm-up
    fewTimes.push(first);
    manyTimes.push(second);
    keptTimes.push(third);
  }
  const plain = await plainTimes(quick ? 2 : 5);
  const micros = {
    at100Micros: median(fewTimes),
    at100000Micros: median(manyTimes),
    keptAt100000Micros: median(keptTimes),
  };
  return [
    {
      id: 'P5',
      what: 'one decision among 100,000 rules / among 100',
      ...ratioOf(manyTimes, fewTimes),
      goal: 2,
      better: 'most',
      detail: micros,
    },
    {
      id: 'P5',
      what: 'one decision among 100,000 rules: plain node-casbin / ours',
      ...ratioOf(plain, manyTimes.slice(0, plain.length)),
      goal: 10_000,
      better: 'least',
      detail: { plainMicros: median(plain) },
    },
    {
      id: 'P5',
      what: 'the same, a question asked before',
      ...ratioOf(plain, keptTimes.slice(0, plain.length)),
      goal: 10_000,
      better: 'least',
      detail: { goalMicros: 20 },
    },
  ];
}

/** Names nobody asked for yet. */
function fresh(round: number): () => string {
  let turn = 0;
  return () => `ACME.OPS.T${round}_${(turn += 1)}`;
}

async function p50(policy: PolicyDecisionPoint, times: number, object: () => string): Promise<number> {
  const me = { id: 'idp:me', subject: 'me', issuer: 'idp' };
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const question: Question = {
      identity: { principal: me, actor: me, expiresAt: 1e15 },
      connection: 'warehouse',
      asks: [{ action: 'read', object: object() }],
      context: {},
    };
    const start = performance.now();
    await policy.decide(question, signal);
    taken.push((performance.now() - start) * 1_000);
  }
  return median(taken);
}

async function plainTimes(times: number): Promise<number[]> {
  const enforcer = await newEnforcer(newModelFromString(plainModel));
  await enforcer.addPolicies(
    rulesOf(100_000)
      .split('\n')
      .slice(1)
      .map((row) =>
        row
          .split(',')
          .map((field) => field.trim())
          .slice(1, 6),
      ),
  );
  await enforcer.addGroupingPolicy('idp:me', 'role:mine', 'warehouse');
  const taken: number[] = [];
  for (let time = 0; time <= times; time += 1) {
    const start = performance.now();
    await enforcer.enforce('idp:me', 'warehouse', 'ACME.OPS.T1', 'read');
    if (time > 0) taken.push((performance.now() - start) * 1_000);
  }
  return taken;
}
