import { omitUndefined } from '../data/omit-undefined.js';
import type { Identity, Transport } from '../model.js';

/** From where an actor's identity was used. */
export interface Sighting {
  readonly client?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

/**
 * One identity used from two places that can hardly be one agent: by two OAuth clients, or by two programs at two
 * addresses.
 */
export interface SharedIdentity {
  readonly by: 'client' | 'program';
  readonly one: Sighting;
  readonly other: Sighting;
}

interface TimedSighting {
  readonly sighting: Sighting;
  at: number;
}

const windowMs = 600_000;
const maxActors = 10_000;
const maxPerActor = 8;

/**
 * Remembers for ten minutes from where each actor came; each pair is told once in that time. Bounded, the longest
 * unseen forgotten first.
 */
export class SharedIdentityDetector {
  readonly #actors = new Map<string, readonly TimedSighting[]>();
  readonly #reported = new Map<string, number>();

  /** `now` in milliseconds that never step back. */
  observe({ actor, client }: Identity, { address, userAgent }: Transport, now: number): SharedIdentity | undefined {
    const sighting = omitUndefined<Sighting>({ client, address, userAgent });
    const known = this.#actors.get(actor.id) ?? [];
    const [last] = known;
    if (known.length === 1 && last !== undefined && isSameSighting(last.sighting, sighting)) {
      last.at = now;
      return undefined;
    }
    const recent = known.filter((seen) => now - seen.at < windowMs);
    const others = recent.filter((seen) => !isSameSighting(seen.sighting, sighting));
    setBounded(this.#actors, actor.id, [...others, { sighting, at: now }].slice(-maxPerActor));
    for (const { sighting: one } of others) {
      const by = findDifference(one, sighting);
      if (
        by !== undefined &&
        this.#isFirst(
          `${actor.id}\n${[createSightingKey(one), createSightingKey(sighting)].toSorted().join('\n')}`,
          now,
        )
      )
        return { by, one, other: sighting };
    }
    return undefined;
  }

  /** How much is remembered: actors and pairs. */
  get size(): number {
    return this.#actors.size + this.#reported.size;
  }

  #isFirst(pair: string, now: number): boolean {
    const told = this.#reported.get(pair);
    if (told !== undefined && now - told < windowMs) return false;
    setBounded(this.#reported, pair, now);
    return true;
  }
}

/** Pods of one agent differ in their address only, and a new release in its version only: neither is enough. */
function findDifference(one: Sighting, other: Sighting): SharedIdentity['by'] | undefined {
  if (one.client !== undefined && other.client !== undefined && one.client !== other.client) return 'client';
  const [program, another] = [parseProgram(one), parseProgram(other)];
  const elsewhere = one.address !== undefined && other.address !== undefined && one.address !== other.address;
  return elsewhere && program !== undefined && another !== undefined && program !== another ? 'program' : undefined;
}

function parseProgram({ userAgent }: Sighting): string | undefined {
  return userAgent?.split(/[/ ]/, 1)[0]?.toLowerCase();
}

function isSameSighting(one: Sighting, other: Sighting): boolean {
  return one.client === other.client && one.address === other.address && one.userAgent === other.userAgent;
}

function createSightingKey({ client = '', address = '', userAgent = '' }: Sighting): string {
  return JSON.stringify([client, address, userAgent]);
}

function setBounded<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxActors) return;
  const [oldest] = map.keys();
  map.delete(oldest as string);
}
