import { casbin, type CasbinPolicy } from '../../../src/adapters/casbin/index.js';
import { memoryIdentity, type MemoryStatementHandler } from '../../../src/adapters/memory/index.js';
import type {
  ApprovalOptions,
  ApprovalView,
  Gateway,
  Notice,
  Outcome,
  Parts,
  PolicyDecisionPoint,
  SessionState,
  StatementResult,
} from '../../../src/core/index.js';
import { FakeClock } from '../fake-clock.js';
import { as, house, valueOf, type House } from '../test-gateway.js';

const scope = ['sallyport.review'];

/**
 * Tokens by name. Bob and Carol review; Alice has an agent, which has a token for reviewing too, and so has her second
 * account.
 */
export const identity = memoryIdentity({
  agent: { subject: 'alice', actor: 'agent', client: 'app' },
  'agent-elsewhere': { subject: 'alice', actor: 'agent', client: 'other' },
  'agent-for-bob': { subject: 'bob', actor: 'agent', client: 'app' },
  'other-agent': { subject: 'alice', actor: 'other', client: 'app' },
  'agent-reviews': { subject: 'alice', actor: 'agent', client: 'app', scopes: scope },
  'agent-alone': { subject: 'agent', scopes: scope },
  alice: { subject: 'alice', scopes: scope },
  'alice-again': { subject: 'alice2', scopes: scope },
  owner: { subject: 'olga', scopes: scope },
  bob: { subject: 'bob', scopes: scope },
  'bob-again': { subject: 'bob2', scopes: scope },
  carol: { subject: 'carol', scopes: scope },
  'olga-again': { subject: 'olga2', scopes: scope },
  'bob-unscoped': { subject: 'bob' },
  dave: { subject: 'dave', scopes: scope },
  oncall: { subject: 'oncall' },
  'oncall-reviews': { subject: 'oncall', scopes: scope },
});

export const people: ApprovalOptions = {
  personOf: ({ id }) =>
    ({ 'idp:alice2': 'alice', 'idp:alice': 'alice', 'idp:bob': 'bob', 'idp:bob2': 'bob', 'idp:olga': 'olga' })[id] ??
    id,
  ownerOf: ({ id }) => (id === 'idp:agent' ? 'olga' : undefined),
};

export const rules = (terms = 'approval=role:stewards'): string => `
g, idp:alice, role:users, warehouse
g, idp:agent, role:users, warehouse
g, idp:other, role:users, warehouse
g, idp:bob, role:users, warehouse
p, role:users, warehouse, ACME.OPS, open:read, allow, , open-read
p, role:users, warehouse, ACME.OPS, open:write, allow, , open-write
p, role:users, warehouse, ACME.FINANCE, open:read, allow, ${terms}, open-finance
p, role:users, warehouse, ACME.OPS.*, read, allow, , reads
p, role:users, warehouse, ACME.OPS.*, write, allow, ${terms}, writes
${['bob', 'bob2', 'carol', 'alice', 'alice2', 'agent', 'olga', 'olga2'].map((name) => `g, idp:${name}, role:stewards, warehouse`).join('\n')}
p, role:stewards, warehouse, ACME.OPS.*, review:write, allow, , reviews
p, role:stewards, warehouse, ACME.FINANCE, review:open, allow, , reviews-open
p, role:stewards, warehouse, ACME.OPS, oversee, allow, , oversees
p, idp:dave, warehouse, ACME.OPS.*, review:write, allow, , dave-reviews
p, idp:oncall, warehouse, ACME.OPS, breakglass:write, allow, max_ttl=600000, glass
p, idp:oncall, warehouse, ACME.OPS.*, breakglass:write, allow, , glass-writes
`;

export interface Office extends House {
  readonly clock: FakeClock;
  readonly notices: Notice[];
  /** Puts other rules in force. */
  readonly rule: (text: string) => Promise<void>;
  readonly write: (more?: Partial<Parameters<Gateway['run']>[0]>) => Promise<Outcome<StatementResult>>;
  /** An open session for writing of the agent's. */
  readonly id: string;
  readonly ticket: (outcome?: Outcome<unknown>) => Promise<string>;
  readonly see: (ticket: string, token?: string) => Promise<ApprovalView>;
  readonly decide: (
    ticket: string,
    token?: string,
    more?: Partial<Parameters<Gateway['decide']>[0]>,
  ) => Promise<Outcome<ApprovalView>>;
}

const policies = new Map<string, Promise<CasbinPolicy>>();

/** Rules are linted and tried once, however many offices go by them. */
function compiled(text: string): Promise<CasbinPolicy> {
  const known = policies.get(text) ?? casbin({ policy: { name: 'policy.csv', text } });
  policies.set(text, known);
  return known;
}

/** A gateway where people agree, with an agent's session open for writing. */
export async function office(
  more: Partial<Parts> = {},
  terms?: string,
  answer?: MemoryStatementHandler,
): Promise<Office> {
  const clock = new FakeClock();
  const notices: Notice[] = [];
  let inForce = await compiled(rules(terms));
  const policy: PolicyDecisionPoint = {
    get version() {
      return inForce.version;
    },
    decide: (...question) => inForce.decide(...question),
    holds: (...held) => inForce.holds?.(...held) ?? false,
  };
  const approvals = {
    ...people,
    notify: [{ notify: async (notice: Notice) => void notices.push(notice) }],
    ...more.approvals,
  };
  const built = await house({ identity, policy, clock, ...more, approvals }, answer);
  const { gateway } = built;
  const session = valueOf<SessionState>(
    await gateway.open({
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      ttlMs: 600_000,
      reason: 'to tidy up',
    }),
  );
  const write: Office['write'] = (request) =>
    gateway.run({ ...as('agent'), session: session.id, sql: 'DELETE orders', ...request });
  const see: Office['see'] = async (ticket, token = 'bob') => valueOf(await gateway.approval({ ...as(token), ticket }));
  return {
    ...built,
    clock,
    notices,
    id: session.id,
    write,
    see,
    rule: async (text) => {
      inForce = await compiled(text);
    },
    ticket: async (outcome) => {
      const asked = outcome ?? (await write());
      if (asked.status !== 'pending') throw new Error(`expected pending, got ${asked.status}`, { cause: asked });
      return asked.ticket;
    },
    decide: async (ticket, token = 'bob', request = {}) =>
      gateway.decide({
        ...as(token),
        ticket,
        decision: 'approve',
        digest: (await see(ticket, 'carol')).digest,
        ...request,
      }),
  };
}
