import type { AuditEvent } from '../events.js';
import type { Json, Scope } from '../model.js';
import { formatSchema } from '../data/names.js';
import { createSchemaKey, type StoredSuspension, type SuspendedSchema } from './suspensions.js';
import type { SuspensionTarget, Suspension } from './suspension.js';

export function toSuspendedSchema(scope: Scope): SuspendedSchema {
  return { connection: scope.connection, schema: formatSchema(scope) };
}

/** Each once. */
export function removeDuplicates(places: readonly SuspendedSchema[]): readonly SuspendedSchema[] {
  return [...new Map(places.map((each) => [createSchemaKey(each), each])).values()];
}

/** By connection. */
export function groupByConnection(places: readonly SuspendedSchema[]): readonly SuspensionTarget[] {
  return [...new Set(places.map(({ connection }) => connection))].map((connection) => ({
    connection,
    schemas: places.filter((each) => each.connection === connection).map(({ schema }) => schema),
  }));
}

/** A suspension as it is shown to whoever oversees these of its places. */
export function createSuspensionView(
  { places: _all, ...held }: StoredSuspension,
  places: readonly SuspendedSchema[],
): Suspension {
  return { ...held, places: groupByConnection(places) };
}

/** What an event says of a suspension; undefined where it is of another kind, or says too little. */
export function readSuspension({ code, who, at, data }: AuditEvent): StoredSuspension | undefined {
  const { actor, places, expiresAt = at, comment } = data;
  if (
    (code !== 'actor.suspended' && code !== 'actor.reinstated') ||
    typeof actor !== 'string' ||
    typeof expiresAt !== 'number' ||
    who === undefined
  )
    return undefined;
  const said = typeof comment === 'string' ? { comment } : {};
  return Object.freeze({
    actor,
    places: readSchemas(places),
    by: { id: who.principal },
    ...said,
    suspendedAt: at,
    expiresAt,
  });
}

function readSchemas(told: Json | undefined): readonly SuspendedSchema[] {
  if (!Array.isArray(told)) return [];
  return (told as readonly Json[]).flatMap((each) => {
    const { connection, schemas } = (typeof each === 'object' && each !== null ? each : {}) as Partial<
      Readonly<Record<string, Json>>
    >;
    if (typeof connection !== 'string' || !Array.isArray(schemas)) return [];
    return (schemas as readonly Json[])
      .filter((schema) => typeof schema === 'string')
      .map((schema) => ({ connection, schema }));
  });
}
