import { systemClock } from '../async/clock.js';
import type { AuditEvent, EventCode } from '../events.js';
import { newId } from '../data/id.js';
import type { Json } from '../model.js';

/**
 * What may be wrong with a record: the disk, the room left, a receiver, where checkpoints are anchored, or who signs
 * them.
 */
export type DegradationCause = 'disk' | 'room' | 'receiver' | 'anchor' | 'signer';

type EventData = Readonly<Record<string, Json>>;

/**
 * Writes in the record itself that the audit record is degraded, `audit.degraded`, and that it is no more,
 * `audit.recovered`: once each, and never one that fails.
 */
export class AuditHealth {
  readonly #instance: string;
  readonly #append: (event: AuditEvent) => Promise<void>;
  readonly #known = new Map<string, { readonly since: number; told: boolean }>();

  /** `instance` names the chain; `append` writes to it. */
  constructor(instance: string, append: (event: AuditEvent) => Promise<void>) {
    this.#instance = instance;
    this.#append = append;
  }

  /** There is trouble, and it can be told: it is, unless it was. `sink` names the receiver, where it is one. */
  markDegraded(cause: DegradationCause, data: EventData = {}, sink?: string): void {
    const key = createCauseKey(cause, sink);
    const known = this.#known.get(key) ?? { since: systemClock.now(), told: false };
    this.#known.set(key, known);
    if (known.told) return;
    known.told = true;
    this.#write('audit.degraded', cause, { ...createSinkData(sink), ...data }).catch(() => {
      known.told = false;
    });
  }

  /** It is over, if there was any. */
  markRecovered(cause: DegradationCause, sink?: string): void {
    const key = createCauseKey(cause, sink);
    const trouble = this.#known.get(key);
    if (trouble === undefined) return;
    this.#known.delete(key);
    if (!trouble.told) return;
    this.#write('audit.recovered', cause, { ...createSinkData(sink), ms: computeDuration(trouble.since) }).catch(() => {
      if (!this.#known.has(key)) this.#known.set(key, trouble); // Told the next time, if it is still so.
    });
  }

  /**
   * There was trouble that could not be told as long as it lasted: both are told now, the first with its own time
   * (epoch milliseconds).
   */
  recordPastOutage(cause: DegradationCause, since: number, data: EventData = {}, sink?: string): void {
    void Promise.allSettled([
      this.#write('audit.degraded', cause, { ...createSinkData(sink), ...data }, since),
      this.#write('audit.recovered', cause, { ...createSinkData(sink), ms: computeDuration(since) }),
    ]);
  }

  /** The signer was asked for a checkpoint. Without one the record goes on, and nothing seals it. */
  readonly recordSigning = (well: boolean): void => (well ? this.markRecovered('signer') : this.markDegraded('signer'));

  #write(code: EventCode, cause: DegradationCause, data: EventData, at = systemClock.now()): Promise<void> {
    return this.#append({ id: newId(systemClock.now()), code, at, instance: this.#instance, data: { cause, ...data } });
  }
}

function createCauseKey(cause: DegradationCause, sink = ''): string {
  return `${cause}:${sink}`;
}

function createSinkData(sink: string | undefined): EventData {
  return sink === undefined ? {} : { sink };
}

/** The wall clock may have been set back meanwhile. */
function computeDuration(since: number): number {
  return Math.max(0, systemClock.now() - since);
}
