import type { Removed, Told } from '../reading/told.js';
import type { Chain } from './chain.js';
import type { Stamp } from './seal.js';

interface Announced {
  /** The chain that tells of it, and where. */
  readonly chain: string;
  readonly sequence: number;
  readonly authority: string;
  readonly removed: Removed;
}

/** What retention removed, by the events that say so: they count where they are sealed, and of their own writer only. */
export class Removals {
  readonly #announced: Announced[] = [];

  /** An event whose content is proven. */
  note({ chain, sequence, authority, removed }: Told): void {
    if (removed !== undefined) this.#announced.push({ chain, sequence, authority, removed });
  }

  /** Those that count. */
  among(chains: ReadonlyMap<string, Chain>): SealedRemovals {
    return new SealedRemovals(this.#announced.filter(({ chain, sequence }) => chains.get(chain)?.stretches.isSealed(sequence) === true));
  }
}

export class SealedRemovals {
  readonly #announced: readonly Announced[];

  constructor(announced: readonly Announced[]) {
    this.#announced = announced;
  }

  /** The record begins behind that event. */
  endWith(authority: string, { chain, sequence, fingerprint }: Omit<Removed, 'checkpoint'>): boolean {
    return this.#of(authority).some((each) => each.chain === chain && each.sequence === sequence && each.fingerprint === fingerprint);
  }

  /** That checkpoint is the last one that went. */
  tookCheckpoint(authority: string, digest: string | undefined): boolean {
    return digest !== undefined && this.#of(authority).some(({ checkpoint }) => checkpoint === digest);
  }

  /** What a checkpoint speaks of went, and so far at least. */
  took({ claims: { authority, chain, seq } }: Stamp): boolean {
    return this.#of(authority).some((each) => each.chain === chain && each.sequence >= seq);
  }

  #of(authority: string): readonly Removed[] {
    return this.#announced.filter((each) => each.authority === authority).map(({ removed }) => removed);
  }
}
