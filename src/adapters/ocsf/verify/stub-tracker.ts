import type { EventClaims } from '../parse/event-claims.js';
import type { LinePosition } from './report.js';

/** A stub that was read, and where. */
export interface PlacedStub {
  readonly claims: EventClaims;
  readonly position: LinePosition;
}

/**
 * What a stub is: the first content of a number that has no whole event here; one that came before; what stands for the
 * whole that is here; or not.
 */
export type StubMatch = 'first' | 'again' | 'wrong' | 'unknown';

interface KeptStub extends PlacedStub {
  readonly digest: string;
}

/**
 * The stubs of a chain: what stands for events that were too large for their way. Only of large events the digest of
 * their stub is kept.
 */
export class StubTracker {
  /** Numbers of which no whole event is here. */
  readonly #alone = new Map<number, KeptStub[]>();
  /** SHA-256 of the stubs of large events that are here. */
  readonly #digests = new Map<number, string>();

  /** True for a number of which only stubs are here. */
  has(sequence: number): boolean {
    return this.#alone.has(sequence);
  }

  get size(): number {
    return this.#alone.size;
  }

  /** Of each number that has no whole event its stubs, the first one first. */
  get alone(): readonly (readonly PlacedStub[])[] {
    return [...this.#alone.values()];
  }

  /**
   * `isWhole`: the event itself is here. Version 1 stubbed events of any size, and what came before cannot be compared
   * then.
   */
  add(told: EventClaims, place: LinePosition, isWhole: boolean): StubMatch {
    const digest = told.stubDigest?.() ?? '';
    const known = this.#digests.get(told.sequence);
    if (isWhole && known !== undefined) return known === digest ? 'again' : 'wrong';
    if (isWhole) return told.v === 1 ? 'unknown' : 'wrong';
    const others = this.#alone.get(told.sequence) ?? [];
    if (others.some((each) => each.digest === digest)) return 'again';
    this.#alone.set(told.sequence, [...others, { claims: told, position: place, digest }]);
    return 'first';
  }

  /** The whole event is here. How many stubs came before it and stand for it, and those that do not. */
  match(told: EventClaims): { readonly right: number; readonly wrong: readonly PlacedStub[] } {
    const { sequence, isLarge, stubDigest, v } = told;
    const others = this.#alone.get(sequence);
    if (others === undefined && isLarge !== true) return { right: 0, wrong: [] };
    const digest = isLarge === true || v === 1 ? stubDigest?.() : undefined;
    if (isLarge === true && digest !== undefined) this.#digests.set(sequence, digest);
    this.#alone.delete(sequence);
    const wrong = others?.filter((each) => each.digest !== digest) ?? [];
    return { right: (others?.length ?? 0) - wrong.length, wrong };
  }
}
