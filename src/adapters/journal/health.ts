import type { Troubles } from '../../core/index.js';
import { marks } from './segments.js';
import type { Shipper } from './shipper.js';

export interface HealthParts {
  readonly troubles: Troubles;
  readonly degradedAfterMs: number;
  readonly fullness: () => number;
  readonly shippers: readonly Shipper[];
  /** Brings checkpoints elsewhere. */
  readonly anchor?: Shipper | undefined;
}

const everyMs = 1_000;
/** Not recovered before it is clearly below the mark. */
const relief = 0.1;

/** Looks every second how the disk and the receivers are. */
export class Health {
  readonly #parts: HealthParts;
  readonly #timer: NodeJS.Timeout;
  #failingSince: number | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  look(): void {
    const { fullness, shippers, anchor, troubles } = this.#parts;
    const full = fullness();
    if (full >= marks.degraded) troubles.begun('room', { percent: Math.floor(full * 100) });
    else if (full < marks.degraded - relief) troubles.over('room');
    for (const shipper of shippers) this.#ask(shipper, 'receiver', shipper.sink.name);
    if (anchor !== undefined) this.#ask(anchor, 'anchor');
  }

  #ask({ failingMs }: Shipper, cause: 'receiver' | 'anchor', name?: string): void {
    const { degradedAfterMs, troubles } = this.#parts;
    if (failingMs > degradedAfterMs) troubles.begun(cause, { failingMs: Math.round(failingMs) }, name);
    else if (failingMs === 0) troubles.over(cause, name);
  }

  /** A write failed; it can only be told once writing works again. */
  failed(): void {
    this.#failingSince ??= Date.now();
  }

  /** A write succeeded. */
  succeeded(): void {
    const since = this.#failingSince;
    if (since === undefined) return;
    this.#failingSince = undefined;
    this.#parts.troubles.past('disk', since);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
