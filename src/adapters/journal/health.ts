import type { Troubles } from '../../core/index.js';
import { marks } from './segments.js';
import type { Shipper } from './shipper.js';

export interface HealthParts {
  readonly troubles: Troubles;
  readonly degradedAfterMs: number;
  readonly fullness: () => number;
  readonly shippers: readonly Shipper[];
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
    const { fullness, shippers, degradedAfterMs, troubles } = this.#parts;
    const full = fullness();
    if (full >= marks.degraded) troubles.begun('room', { percent: Math.floor(full * 100) });
    else if (full < marks.degraded - relief) troubles.over('room');
    for (const { sink, failingMs } of shippers) {
      if (failingMs > degradedAfterMs) troubles.begun('receiver', { failingMs: Math.round(failingMs) }, sink.name);
      else if (failingMs === 0) troubles.over('receiver', sink.name);
    }
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
