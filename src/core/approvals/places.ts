import type { AuditEvent } from '../events.js';
import type { Json, Scope } from '../model.js';
import { formatSchema } from '../names.js';
import { nameOf, type Held, type Place } from '../suspensions.js';
import type { Places, Suspension } from './suspension.js';

export function placeOf(scope: Scope): Place {
  return { connection: scope.connection, schema: formatSchema(scope) };
}

/** Each once. */
export function distinct(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((each) => [nameOf(each), each])).values()];
}

/** By connection. */
export function grouped(places: readonly Place[]): readonly Places[] {
  return [...new Set(places.map(({ connection }) => connection))]
    .map((connection) => ({ connection, schemas: places.filter((each) => each.connection === connection).map(({ schema }) => schema) }));
}

/** A suspension as it is shown to whoever oversees these of its places. */
export function shown({ places: _all, ...held }: Held, places: readonly Place[]): Suspension {
  return { ...held, places: grouped(places) };
}

/** What an event says of a suspension; undefined where it is of another kind, or says too little. */
export function heldOf({ code, who, at, data }: AuditEvent): Held | undefined {
  const { actor, places, expiresAt = at, comment } = data;
  if ((code !== 'actor.suspended' && code !== 'actor.reinstated') || typeof actor !== 'string' || typeof expiresAt !== 'number' || who === undefined) return undefined;
  const said = typeof comment === 'string' ? { comment } : {};
  return Object.freeze({ actor, places: placesIn(places), by: { id: who.principal }, ...said, suspendedAt: at, expiresAt });
}

function placesIn(told: Json | undefined): readonly Place[] {
  if (!Array.isArray(told)) return [];
  return (told as readonly Json[]).flatMap((each) => {
    const { connection, schemas } = (typeof each === 'object' && each !== null ? each : {}) as Partial<Readonly<Record<string, Json>>>;
    if (typeof connection !== 'string' || !Array.isArray(schemas)) return [];
    return (schemas as readonly Json[]).filter((schema) => typeof schema === 'string').map((schema) => ({ connection, schema }));
  });
}
