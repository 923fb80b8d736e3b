import type { Approvals } from '../approvals/approvals.js';
import { requestDecision, type StatementJudge } from './judge.js';
import { explainStatement } from './explain.js';
import type { PluginRegistry } from '../plugins/plugin-registry.js';
import type { ConnectionInfo, Explanation, SessionState } from '../gateway.js';
import type { Access, Identified, Identity, SchemaRef } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied, type Stop } from '../outcome.js';
import type { AuditLog, Connector, PolicyDecisionPoint, RecordPage, RecordRange } from '../ports.js';
import { createRecordQuery } from './record-query.js';
import type { Sessions } from '../session/sessions.js';
import type { Recorder } from '../audit/recorder.js';
import type { Suspensions } from '../approvals/suspensions.js';
import type { RequestContext } from './context.js';

/** What a caller may see of what is theirs. */
export interface Queries {
  readonly identify: (facts: Identified<'run'>, context: RequestContext) => Promise<Identity | Stop>;
  readonly explain: (facts: Identified<'run'>, context: RequestContext) => Promise<Explanation | Stop>;
  readonly connections: (
    facts: Identified<'run'>,
    context: RequestContext,
  ) => Promise<readonly ConnectionInfo[] | Stop>;
  readonly session: (facts: Identified<'run'>, context: RequestContext) => Promise<SessionState | Stop>;
  readonly close: (facts: Identified<'run'>, context: RequestContext) => Promise<SessionState | Stop>;
  readonly record: (
    facts: Identified<'run'>,
    context: RequestContext,
    range: RecordRange,
  ) => Promise<RecordPage | Stop>;
}

export interface QueryParts {
  readonly connections: ReadonlyMap<string, Connector>;
  readonly policy: PolicyDecisionPoint;
  readonly sessions: Sessions;
  readonly suspensions: Suspensions;
  readonly judge: StatementJudge;
  readonly extensions: PluginRegistry;
  readonly audit: AuditLog;
  readonly recorder: Recorder;
  /** Absent where approvals are not configured. */
  readonly approvals: Approvals | undefined;
}

const denyUnknownSession = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/** Answers without the later stages. What is not the caller's and what does not exist look the same. */
export function createQueries(parts: QueryParts): Queries {
  const { sessions, recorder } = parts;
  return {
    identify: async ({ identity }) => identity,
    explain: (facts, context) => explainStatement(parts, facts, context),
    connections: (facts, context) => listConnections(parts, facts, context),

    async session({ asked, identity }) {
      const session = sessions.find(asked.session, identity);
      if (session === undefined) return denyUnknownSession();
      session.getRefusal();
      return session.getState();
    },

    async close({ asked, identity, transport }) {
      const session = sessions.find(asked.session, identity);
      if (session === undefined) return denyUnknownSession();
      await session.end('agent', { transport: { ...transport } }).catch(() => recorder.flush());
      return session.getState();
    },

    record: createRecordQuery(parts),
  };
}

async function listConnections(
  { connections, policy }: QueryParts,
  facts: Identified<'run'>,
  context: RequestContext,
): Promise<readonly ConnectionInfo[]> {
  const may = async (connection: string, schema: SchemaRef, access: Access): Promise<boolean> => {
    const question = {
      identity: facts.identity,
      connection,
      asks: [{ action: `open:${access}`, object: formatSchema(schema) }],
      context: facts.context,
    };
    return (await requestDecision(policy, question, context.eventFacts, context.signal)).effect === 'permit';
  };
  const infos: ConnectionInfo[] = [];
  for (const [name, { engine, schemas }] of connections) {
    const open: { readonly schema: string; readonly access: readonly Access[] }[] = [];
    for (const schema of schemas) {
      const access: Access[] = [];
      for (const each of ['read', 'write'] as const) if (await may(name, schema, each)) access.push(each);
      if (access.length > 0) open.push({ schema: formatSchema(schema), access });
    }
    if (open.length > 0) infos.push({ name, engine, schemas: open });
  }
  return infos;
}
