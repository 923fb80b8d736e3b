import { createHash } from 'node:crypto';
import express from 'express';
import { directory, reviewClient } from '../../examples/quickstart/directory.js';
import { listen } from '../../examples/quickstart/listen.js';
import { identityProvider } from '../../examples/quickstart/provider.js';
import { reviewerToken, tokenOnBehalfOf } from '../../examples/quickstart/tokens.js';
import { casbin } from '../../src/adapters/casbin/index.js';
import { expressRouter } from '../../src/adapters/express/index.js';
import { memoryAudit, memoryEngine, type MemoryAudit, type MemoryEngine } from '../../src/adapters/memory/index.js';
import { oidc } from '../../src/adapters/oidc/index.js';
import {
  buildGateway,
  type Analysis,
  type Analyzer,
  type ApprovalOptions,
  type Gateway,
  type Identity,
  type ObjectRef,
  type StatementKind,
} from '../../src/core/index.js';

/** Everybody at ACME is a steward; whose agent it is decides who may not review. */
const rules = (terms: string): string => `
${['alice', 'orders-agent'].map((name) => `g, idp:${name}, role:users, warehouse`).join('\n')}
${['alice', 'bob', 'carol'].map((name) => `g, idp:${name}, role:stewards, warehouse`).join('\n')}
p, role:users, warehouse, ACME.OPS, open:read, allow, , open-read
p, role:users, warehouse, ACME.OPS, open:write, allow, , open-write
p, role:users, warehouse, ACME.FINANCE, open:read, allow, approval=role:stewards, open-finance
p, role:users, warehouse, ACME.OPS.*, read, allow, , reads
p, role:users, warehouse, ACME.OPS.*, write, allow, approval=${terms}, writes-wait
p, role:users, warehouse, ACME.OPS.*, ddl, allow, approval=${terms}, ddl-waits
p, role:users, warehouse, ACME.OPS, breakglass:write, allow, , glass
p, role:users, warehouse, ACME.OPS.*, breakglass:write, allow, , glass-writes
p, role:stewards, warehouse, ACME.OPS.*, review:write, allow, , reviews
p, role:stewards, warehouse, ACME.OPS.*, review:ddl, allow, , reviews-ddl
p, role:stewards, warehouse, ACME.FINANCE, review:open, allow, , reviews-open
p, role:stewards, warehouse, ACME.OPS, oversee, allow, , oversees
`;

const kinds: Readonly<Record<string, StatementKind>> = {
  SELECT: 'read',
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  TRUNCATE: 'write',
  DROP: 'ddl',
};
const orders: ObjectRef = { database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'relation' };

/**
 * Takes a text for what its first word says, on one table: what is shown of it is the matter here, and no text is too
 * odd.
 */
export function trusting(object: ObjectRef = orders): Analyzer {
  return {
    analyze: async (sql): Promise<Analysis> => {
      const operation = /^\w+/.exec(sql)?.[0].toUpperCase() ?? '';
      const kind = kinds[operation] ?? 'invalid';
      const digest = createHash('sha256').update(sql).digest('hex');
      return {
        kind,
        operation,
        canonical: sql,
        digest,
        redacted: sql.replaceAll(/'[^']*'/g, '?'),
        summary: `${operation} ${object.name}`,
        reads: kind === 'read' ? [object] : [],
        writes: kind === 'read' ? [] : [object],
        functions: [],
      };
    },
  };
}

export interface CompanyOptions {
  readonly terms?: string;
  readonly analyzer?: Analyzer;
  readonly approvals?: ApprovalOptions;
  /** What becomes of an identity on its way into the gateway. */
  readonly seenAs?: (identity: Identity) => Identity;
}

export interface Company {
  readonly host: string;
  readonly mount: string;
  readonly review: string;
  readonly issuer: string;
  readonly gateway: Gateway;
  readonly audit: MemoryAudit;
  readonly engine: MemoryEngine;
  /** What the agent that works for Alice asks of the mount. */
  readonly agent: <T = Readonly<Record<string, unknown>>>(
    method: string,
    path: string,
    body?: object,
  ) => Promise<T & { readonly status: number }>;
  /** A session for writing of the agent's; its id. */
  readonly session: (more?: object) => Promise<string>;
  /** A statement of the agent's that waits; its ticket and session. */
  readonly held: (
    sql: string,
    more?: { readonly binds?: readonly unknown[]; readonly reason?: string },
  ) => Promise<{ readonly ticket: string; readonly session: string }>;
  /** Another reviewer's answer, by other means than the page. */
  readonly decide: (person: string, ticket: string, decision: 'approve' | 'reject') => Promise<number>;
  /** Keeps an agent out for an hour, by other means than the page. */
  readonly suspend: (person: string, actor: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * A company with the quick start's own identity provider, an Express application with the mount in it, and an engine
 * that only remembers.
 */
export async function company({
  terms = 'role:stewards',
  analyzer = trusting(),
  approvals = {},
  seenAs = (identity) => identity,
}: CompanyOptions = {}): Promise<Company> {
  const [service, provider] = [await listen(0), await listen(0)];
  const [mount, issuer] = [`${service.url}/jit`, provider.url];
  const [review, redirectUri] = [`${mount}/review`, `${service.url}/signed-in`];
  const known = { ...directory(), people: ['alice', 'bob', 'carol'].map((id) => ({ id, name: id })) };
  provider.serve(identityProvider({ issuer, resources: [mount], redirectUri, review, directory: known }));
  const tokens = oidc({ issuer, audience: mount });
  const engine = memoryEngine(
    [
      { database: 'ACME', schema: 'OPS' },
      { database: 'ACME', schema: 'FINANCE' },
    ],
    () => ({ columns: ['ID'], rows: [], affected: 7 }),
  );
  const audit = memoryAudit();
  const gateway = await buildGateway({
    connections: { warehouse: engine },
    policy: await casbin({ policy: { name: 'policy.csv', text: rules(terms) } }),
    analyzer,
    audit,
    approvals,
    identity: {
      authenticate: async (credential, signal) =>
        tokens.authenticate(credential, signal).then((found) => ('principal' in found ? seenAs(found) : found)),
    },
  });
  const app = express();
  app.use('/jit', expressRouter(gateway, { review: { issuer, clientId: reviewClient.id } }));
  service.serve(app);

  const call = async <T>(
    token: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<T & { readonly status: number }> => {
    const answer = await fetch(mount + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { ...((await answer.json()) as T), status: answer.status };
  };
  const { value: token } = await tokenOnBehalfOf(issuer, known.agents.orders, 'alice', redirectUri);
  const agent: Company['agent'] = (method, path, body) => call(token, method, path, body);
  const session: Company['session'] = async (more) =>
    (
      await agent<{ id: string }>('POST', '/sessions', {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttl: 600,
        reason: 'to tidy up',
        ...more,
      })
    ).id;
  return {
    host: service.url,
    mount,
    review,
    issuer,
    gateway,
    audit,
    engine,
    agent,
    session,
    held: async (sql, { binds = [], reason = 'to tidy up' } = {}) => {
      const open = await session({ reason });
      const { ticket, status } = await agent<{ ticket: string }>('POST', `/sessions/${open}/statements`, {
        sql,
        binds,
      });
      if (status !== 202) throw new Error(`expected 202, got ${status}`);
      return { ticket, session: open };
    },
    decide: async (person, ticket, decision) => {
      const { value } = await reviewerToken(issuer, person, redirectUri);
      const { digest } = await call<{ digest: string }>(value, 'GET', `/approvals/${ticket}`);
      return (await call(value, 'POST', `/approvals/${ticket}/decision`, { decision, digest })).status;
    },
    suspend: async (person, actor) => {
      const { value } = await reviewerToken(issuer, person, redirectUri);
      return (await call(value, 'POST', '/suspensions', { actor, comment: 'Asks for what it should not' })).status;
    },
    close: async () => {
      await gateway.shutdown();
      await Promise.all([service.close(), provider.close()]);
    },
  };
}
