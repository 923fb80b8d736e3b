import type { RemovedRange, EventClaims } from '../parse/event-claims.js';
import type { Chain } from './chain.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';

interface RemovalEvent {
  /** The chain that tells of it, and where. */
  readonly chain: string;
  readonly sequence: number;
  readonly authority: string;
  readonly removed: RemovedRange;
}

/**
 * What retention removed, by the events that say so: they count where they are sealed, and of their own writer only.
 */
export class RemovalTracker {
  readonly #announced: RemovalEvent[] = [];

  /** An event whose content is proven. */
  addEvent({ chain, sequence, authority, removed }: EventClaims): void {
    if (removed !== undefined) this.#announced.push({ chain, sequence, authority, removed });
  }

  /** Those that count. */
  selectAttested(chains: ReadonlyMap<string, Chain>): AttestedRemovals {
    return new AttestedRemovals(
      this.#announced.filter(({ chain, sequence }) => chains.get(chain)?.stretches.isSealed(sequence) === true),
    );
  }
}

export class AttestedRemovals {
  readonly #announced: readonly RemovalEvent[];

  constructor(announced: readonly RemovalEvent[]) {
    this.#announced = announced;
  }

  /** The record begins behind that event. */
  hasEnd(authority: string, { chain, sequence, fingerprint }: Omit<RemovedRange, 'checkpoint'>): boolean {
    return this.#byAuthority(authority).some(
      (each) => each.chain === chain && each.sequence === sequence && each.fingerprint === fingerprint,
    );
  }

  /** That checkpoint is the last one that went. */
  hasCheckpoint(authority: string, digest: string | undefined): boolean {
    return digest !== undefined && this.#byAuthority(authority).some(({ checkpoint }) => checkpoint === digest);
  }

  /** What a checkpoint speaks of went, and so far at least. */
  covers({ claims: { authority, chain, seq } }: PlacedCheckpoint): boolean {
    return this.#byAuthority(authority).some((each) => each.chain === chain && each.sequence >= seq);
  }

  #byAuthority(authority: string): readonly RemovedRange[] {
    return this.#announced.filter((each) => each.authority === authority).map(({ removed }) => removed);
  }
}
