import type { Room } from './approvals/room.js';
import { decide, type Judge } from './judge.js';
import { explain } from './explain.js';
import type { Extensions } from './extensions.js';
import type { ConnectionInfo, Explanation, SessionState } from './gateway.js';
import type { Access, Identified, Identity, SchemaRef } from './model.js';
import { formatSchema } from './names.js';
import { deny, type Denied, type Stop } from './outcome.js';
import type { AuditLog, Connector, PolicyDecisionPoint, RecordPage, RecordRange } from './ports.js';
import { createRecordReads } from './record-reads.js';
import type { Sessions } from './sessions.js';
import type { Recorder } from './stages/audit.js';
import type { Suspensions } from './suspensions.js';
import type { Trip } from './trip.js';

/** What a caller may see of what is theirs. */
export interface Looks {
  readonly identify: (facts: Identified<'run'>, trip: Trip) => Promise<Identity | Stop>;
  readonly explain: (facts: Identified<'run'>, trip: Trip) => Promise<Explanation | Stop>;
  readonly connections: (facts: Identified<'run'>, trip: Trip) => Promise<readonly ConnectionInfo[] | Stop>;
  readonly session: (facts: Identified<'run'>, trip: Trip) => Promise<SessionState | Stop>;
  readonly close: (facts: Identified<'run'>, trip: Trip) => Promise<SessionState | Stop>;
  readonly record: (facts: Identified<'run'>, trip: Trip, range: RecordRange) => Promise<RecordPage | Stop>;
}

export interface LooksParts {
  readonly connections: ReadonlyMap<string, Connector>;
  readonly policy: PolicyDecisionPoint;
  readonly sessions: Sessions;
  readonly suspensions: Suspensions;
  readonly judge: Judge;
  readonly extensions: Extensions;
  readonly audit: AuditLog;
  readonly recorder: Recorder;
  /** Absent where approvals are not configured. */
  readonly reviewing: Room | undefined;
}

const unknown = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/** Answers without the later stages. What is not the caller's and what does not exist look the same. */
export function createLooks(parts: LooksParts): Looks {
  const { sessions, recorder } = parts;
  return {
    identify: async ({ identity }) => identity,
    explain: (facts, trip) => explain(parts, facts, trip),
    connections: (facts, trip) => permitted(parts, facts, trip),

    async session({ asked, identity }) {
      const session = sessions.find(asked.session, identity);
      if (session === undefined) return unknown();
      session.refusal();
      return session.state();
    },

    async close({ asked, identity, transport }) {
      const session = sessions.find(asked.session, identity);
      if (session === undefined) return unknown();
      await session.end('agent', { transport: { ...transport } }).catch(() => recorder.settle());
      return session.state();
    },

    record: createRecordReads(parts),
  };
}

async function permitted({ connections, policy }: LooksParts, facts: Identified<'run'>, trip: Trip): Promise<readonly ConnectionInfo[]> {
  const may = async (connection: string, schema: SchemaRef, access: Access): Promise<boolean> => {
    const question = { identity: facts.identity, connection, asks: [{ action: `open:${access}`, object: formatSchema(schema) }], context: facts.context };
    return (await decide(policy, question, trip.seen, trip.signal)).effect === 'permit';
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
