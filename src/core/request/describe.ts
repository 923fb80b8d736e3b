import { AccessError } from '../errors.js';
import { deepFreeze } from '../data/deep-freeze.js';
import type { DescribedObject, Description, AccessEffect, StatementResult } from '../gateway.js';
import { requestDecision } from './judge.js';
import type { Analysis, Approved, ObjectRef, Scope } from '../model.js';
import { formatObject, formatSchema } from '../data/names.js';
import type { CatalogueObject, EngineSession, EngineStatement, Execution, PolicyDecisionPoint, Row } from '../ports.js';
import { hashSha256 } from '../data/sha256.js';

/** More would be of no use to anyone, and every object is a question to the policy. */
const maxObjects = 1_000;

/** How a look into the catalogue is judged and recorded: as a statement that names no object. */
export async function createCatalogueAnalysis(scope: Scope): Promise<Analysis> {
  const canonical = `DESCRIBE SCHEMA ${formatSchema(scope)}`;
  const digest = await hashSha256(canonical);
  return deepFreeze({
    kind: 'metadata',
    operation: 'DESCRIBE',
    canonical,
    digest,
    redacted: canonical,
    summary: canonical.slice(0, 255),
    reads: [],
    writes: [],
    functions: [],
  });
}

/** The catalogue as rows, so that it is capped, cancelled and recorded as rows are. */
export async function readCatalogue(
  engine: EngineSession,
  { id, timeLeftMs, context }: EngineStatement,
  signal: AbortSignal,
): Promise<Execution> {
  const catalogue = await engine.describe?.({ id, timeLeftMs, ...(context === undefined ? {} : { context }) }, signal);
  if (!Array.isArray(catalogue?.objects))
    throw new AccessError('ENGINE_UNAVAILABLE', 'the adapter answered something that its contract does not allow');
  return {
    queryId: catalogue.queryId,
    columns: columns.map((name) => ({ name, type: 'JSON' })),
    batches: createCatalogueBatches(catalogue.objects),
  };
}

const columns = ['NAME', 'KIND', 'COLUMNS'];

async function* createCatalogueBatches(objects: readonly CatalogueObject[]): AsyncGenerator<readonly Row[]> {
  if (objects.length > 0)
    yield objects.map(({ name, kind, columns: own }) => deepFreeze([name, kind, own.map((each) => ({ ...each }))]));
}

/** Of what the engine told, the objects on which the policy permits anything to this caller. */
export async function describeSchema(
  policy: PolicyDecisionPoint,
  approved: Approved<'run'>,
  told: StatementResult,
  signal: AbortSignal,
): Promise<Description> {
  const { scope } = approved;
  const objects: DescribedObject[] = [];
  const { truncated } = await told.deliver(async (batch, sent) => {
    for (const row of batch) {
      const object = await describeObject(policy, approved, row, signal);
      if (object === undefined) continue;
      if (objects.length === maxObjects) return false;
      objects.push(object);
      sent([row]);
    }
    return true;
  });
  return { statement: told.statement, schema: formatSchema(scope), access: scope.access, objects, truncated };
}

async function describeObject(
  policy: PolicyDecisionPoint,
  approved: Approved<'run'>,
  row: Row,
  signal: AbortSignal,
): Promise<DescribedObject | undefined> {
  const [name, kind, own] = row as unknown as [string, CatalogueObject['kind'], CatalogueObject['columns']];
  const { scope, identity, context, grant } = approved;
  const object = formatObject({ ...scope, name, kind } satisfies ObjectRef);
  const ask = async (action: 'read' | 'write' | 'metadata'): Promise<AccessEffect> => {
    const decision = await requestDecision(
      policy,
      {
        identity,
        connection: scope.connection,
        asks: [{ action: grant.breakGlass === true ? `breakglass:${action}` : action, object }],
        context,
      },
      {},
      signal,
    );
    if (decision.effect === 'deny') return 'deny';
    return decision.obligations.some((each) => each.type === 'approval') ? 'approval' : 'allow';
  };
  const read = await ask('read');
  const write = scope.access === 'write' ? await ask('write') : 'deny';
  const known = read !== 'deny' || write !== 'deny' || (await ask('metadata')) !== 'deny';
  return known ? { name: object, kind, columns: own, read, write } : undefined;
}
