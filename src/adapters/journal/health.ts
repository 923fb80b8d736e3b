import { newId, type AuditEvent, type EventCode, type Json } from '../../core/index.js';
import { marks } from './segments.js';
import type { Shipper } from './shipper.js';

/** What may be wrong: the disk, the room left, a receiver, or who signs the checkpoints. */
type Cause = 'disk' | 'room' | 'receiver' | 'signer';

export interface HealthParts {
  readonly chain: string;
  readonly degradedAfterMs: number;
  readonly fullness: () => number;
  readonly shippers: readonly Shipper[];
  readonly append: (event: AuditEvent) => Promise<void>;
}

const everyMs = 1_000;
/** Not recovered before it is clearly below the mark. */
const relief = 0.1;

/** Says in the record itself when the record is in trouble, and when that is over. */
export class Health {
  readonly #parts: HealthParts;
  readonly #troubles = new Map<string, { readonly since: number; told: boolean }>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  look(): void {
    const { fullness, shippers, degradedAfterMs } = this.#parts;
    const full = fullness();
    if (full >= marks.degraded) this.#trouble('room', '', { percent: Math.floor(full * 100) });
    else if (full < marks.degraded - relief) this.#over('room', '');
    for (const { sink, failingMs } of shippers) {
      if (failingMs > degradedAfterMs) this.#trouble('receiver', sink.name, { sink: sink.name, failingMs: Math.round(failingMs) });
      else if (failingMs === 0) this.#over('receiver', sink.name);
    }
  }

  /** The signer was asked for a checkpoint. Without one the record goes on, and nothing seals it. */
  signed(well: boolean): void {
    if (well) this.#over('signer', '');
    else this.#trouble('signer', '', {});
  }

  /** A write failed; it can only be told once writing works again. */
  failed(): void {
    if (!this.#troubles.has('disk:')) this.#troubles.set('disk:', { since: Date.now(), told: false });
  }

  /** A write succeeded. */
  succeeded(): void {
    const trouble = this.#troubles.get('disk:');
    if (trouble === undefined) return;
    this.#troubles.delete('disk:');
    const writes = [this.#write('audit.degraded', 'disk', {}, trouble.since), this.#write('audit.recovered', 'disk', { ms: Math.max(0, Date.now() - trouble.since) })];
    void Promise.allSettled(writes);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #trouble(cause: Cause, of: string, data: Readonly<Record<string, Json>>): void {
    const key = `${cause}:${of}`;
    const known = this.#troubles.get(key) ?? { since: Date.now(), told: false };
    this.#troubles.set(key, known);
    if (known.told) return;
    known.told = true;
    this.#write('audit.degraded', cause, data).catch(() => {
      known.told = false;
    });
  }

  #over(cause: Cause, of: string): void {
    const key = `${cause}:${of}`;
    const trouble = this.#troubles.get(key);
    if (trouble === undefined) return;
    this.#troubles.delete(key);
    if (!trouble.told) return;
    this.#write('audit.recovered', cause, { ...(of === '' ? {} : { sink: of }), ms: Math.max(0, Date.now() - trouble.since) }).catch(() => {
      if (!this.#troubles.has(key)) this.#troubles.set(key, trouble); // Told at the next look, if it is still so.
    });
  }

  #write(code: EventCode, cause: Cause, data: Readonly<Record<string, Json>>, at = Date.now()): Promise<void> {
    return this.#parts.append({ id: newId(Date.now()), code, at, instance: this.#parts.chain, data: { cause, ...data } });
  }
}
