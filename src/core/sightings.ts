import { compact } from './compact.js';
import type { Identity, Transport } from './model.js';

/** From where an actor's identity was used. */
export interface Sighting {
  readonly client?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

/** One identity used from two places that can hardly be one agent: by two OAuth clients, or by two programs at two addresses. */
export interface Shared {
  readonly by: 'client' | 'program';
  readonly one: Sighting;
  readonly other: Sighting;
}

interface Seen {
  readonly sighting: Sighting;
  at: number;
}

const windowMs = 600_000;
const mostActors = 10_000;
const mostPerActor = 8;

/** Remembers for ten minutes from where each actor came; each pair is told once in that time. Bounded, the longest unseen forgotten first. */
export class Sightings {
  readonly #actors = new Map<string, readonly Seen[]>();
  readonly #told = new Map<string, number>();

  /** `now` in milliseconds that never step back. */
  note({ actor, client }: Identity, { address, userAgent }: Transport, now: number): Shared | undefined {
    const sighting = compact<Sighting>({ client, address, userAgent });
    const known = this.#actors.get(actor.id) ?? [];
    const [last] = known;
    if (known.length === 1 && last !== undefined && same(last.sighting, sighting)) {
      last.at = now;
      return undefined;
    }
    const recent = known.filter((seen) => now - seen.at < windowMs);
    const others = recent.filter((seen) => !same(seen.sighting, sighting));
    keep(this.#actors, actor.id, [...others, { sighting, at: now }].slice(-mostPerActor));
    for (const { sighting: one } of others) {
      const by = difference(one, sighting);
      if (by !== undefined && this.#first(`${actor.id}\n${[keyOf(one), keyOf(sighting)].toSorted().join('\n')}`, now)) return { by, one, other: sighting };
    }
    return undefined;
  }

  /** How much is remembered: actors and pairs. */
  get size(): number {
    return this.#actors.size + this.#told.size;
  }

  #first(pair: string, now: number): boolean {
    const told = this.#told.get(pair);
    if (told !== undefined && now - told < windowMs) return false;
    keep(this.#told, pair, now);
    return true;
  }
}

/** Pods of one agent differ in their address only, and a new release in its version only: neither is enough. */
function difference(one: Sighting, other: Sighting): Shared['by'] | undefined {
  if (one.client !== undefined && other.client !== undefined && one.client !== other.client) return 'client';
  const [program, another] = [programOf(one), programOf(other)];
  const elsewhere = one.address !== undefined && other.address !== undefined && one.address !== other.address;
  return elsewhere && program !== undefined && another !== undefined && program !== another ? 'program' : undefined;
}

function programOf({ userAgent }: Sighting): string | undefined {
  return userAgent?.split(/[/ ]/, 1)[0]?.toLowerCase();
}

function same(one: Sighting, other: Sighting): boolean {
  return one.client === other.client && one.address === other.address && one.userAgent === other.userAgent;
}

function keyOf({ client = '', address = '', userAgent = '' }: Sighting): string {
  return JSON.stringify([client, address, userAgent]);
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= mostActors) return;
  const [oldest] = map.keys();
  map.delete(oldest as string);
}
