import type { AuditHealth } from '../../core/index.js';
import { fillThresholds } from './segments.js';
import type { Shipper } from './shipper.js';

export interface JournalHealthParts {
  readonly auditHealth: AuditHealth;
  readonly degradedAfterMs: number;
  readonly fullness: () => number;
  readonly shippers: readonly Shipper[];
  /** Brings checkpoints elsewhere. */
  readonly anchor?: Shipper | undefined;
}

const intervalMs = 1_000;
/** Not recovered before it is clearly below the mark. */
const hysteresis = 0.1;

/** Looks every second how the disk and the receivers are. */
export class JournalHealth {
  readonly #parts: JournalHealthParts;
  readonly #timer: NodeJS.Timeout;
  #failingSince: number | undefined;

  constructor(parts: JournalHealthParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.check(), intervalMs).unref();
  }

  check(): void {
    const { fullness, shippers, anchor, auditHealth } = this.#parts;
    const full = fullness();
    if (full >= fillThresholds.degraded) auditHealth.markDegraded('room', { percent: Math.floor(full * 100) });
    else if (full < fillThresholds.degraded - hysteresis) auditHealth.markRecovered('room');
    for (const shipper of shippers) this.#ask(shipper, 'receiver', shipper.sink.name);
    if (anchor !== undefined) this.#ask(anchor, 'anchor');
  }

  #ask({ failingMs }: Shipper, cause: 'receiver' | 'anchor', name?: string): void {
    const { degradedAfterMs, auditHealth } = this.#parts;
    if (failingMs > degradedAfterMs) auditHealth.markDegraded(cause, { failingMs: Math.round(failingMs) }, name);
    else if (failingMs === 0) auditHealth.markRecovered(cause, name);
  }

  /** A write failed; it can only be told once writing works again. */
  recordFailure(): void {
    this.#failingSince ??= Date.now();
  }

  /** A write succeeded. */
  recordSuccess(): void {
    const since = this.#failingSince;
    if (since === undefined) return;
    this.#failingSince = undefined;
    this.#parts.auditHealth.recordPastOutage('disk', since);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
