import { systemClock } from './clock.js';
import type { AuditEvent, EventCode } from './events.js';
import { newId } from './id.js';
import type { Json } from './model.js';

/** What may be wrong with a record: the disk, the room left, a receiver, where checkpoints are anchored, or who signs them. */
export type TroubleCause = 'disk' | 'room' | 'receiver' | 'anchor' | 'signer';

type Facts = Readonly<Record<string, Json>>;

/** Writes in the record itself that the record is in trouble, `audit.degraded`, and that it is no more, `audit.recovered`: once each, and never one that fails. */
export class Troubles {
  readonly #instance: string;
  readonly #append: (event: AuditEvent) => Promise<void>;
  readonly #known = new Map<string, { readonly since: number; told: boolean }>();

  /** `instance` names the chain; `append` writes to it. */
  constructor(instance: string, append: (event: AuditEvent) => Promise<void>) {
    this.#instance = instance;
    this.#append = append;
  }

  /** There is trouble, and it can be told: it is, unless it was. `sink` names the receiver, where it is one. */
  begun(cause: TroubleCause, data: Facts = {}, sink?: string): void {
    const key = keyOf(cause, sink);
    const known = this.#known.get(key) ?? { since: systemClock.now(), told: false };
    this.#known.set(key, known);
    if (known.told) return;
    known.told = true;
    this.#write('audit.degraded', cause, { ...of(sink), ...data }).catch(() => {
      known.told = false;
    });
  }

  /** It is over, if there was any. */
  over(cause: TroubleCause, sink?: string): void {
    const key = keyOf(cause, sink);
    const trouble = this.#known.get(key);
    if (trouble === undefined) return;
    this.#known.delete(key);
    if (!trouble.told) return;
    this.#write('audit.recovered', cause, { ...of(sink), ms: sinceThen(trouble.since) }).catch(() => {
      if (!this.#known.has(key)) this.#known.set(key, trouble); // Told the next time, if it is still so.
    });
  }

  /** There was trouble that could not be told as long as it lasted: both are told now, the first with its own time (epoch milliseconds). */
  past(cause: TroubleCause, since: number, data: Facts = {}, sink?: string): void {
    void Promise.allSettled([this.#write('audit.degraded', cause, { ...of(sink), ...data }, since), this.#write('audit.recovered', cause, { ...of(sink), ms: sinceThen(since) })]);
  }

  /** The signer was asked for a checkpoint. Without one the record goes on, and nothing seals it. */
  readonly signed = (well: boolean): void => (well ? this.over('signer') : this.begun('signer'));

  #write(code: EventCode, cause: TroubleCause, data: Facts, at = systemClock.now()): Promise<void> {
    return this.#append({ id: newId(systemClock.now()), code, at, instance: this.#instance, data: { cause, ...data } });
  }
}

function keyOf(cause: TroubleCause, sink = ''): string {
  return `${cause}:${sink}`;
}

function of(sink: string | undefined): Facts {
  return sink === undefined ? {} : { sink };
}

/** The wall clock may have been set back meanwhile. */
function sinceThen(since: number): number {
  return Math.max(0, systemClock.now() - since);
}
