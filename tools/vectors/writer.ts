import { createHash } from 'node:crypto';
import { canonical, lineOf, sha256, type Facts, type Json } from './canonical.js';
import { jwsOf, type Key } from './sign.js';

/** A line of a record, and what the vectors call it. */
export interface Line {
  readonly tag: string;
  readonly text: string;
  /** Of which event or checkpoint it is. */
  readonly chain?: string;
  readonly sequence?: number;
}

export const start = 1_800_000_000_000;
export const algorithm = { algorithm_id: 3, encoding_id: 1, serialization_id: 2 } as const;
export const interval = { events: 6, ms: 60_000 };

/** A UUIDv7 that is always the same for the same name. */
export function idOf(name: string, at: number = start): string {
  const hex = `${at.toString(16).padStart(12, '0')}7${sha256(name).slice(0, 3)}8${sha256(name).slice(3, 18)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const older = (version: string): boolean => ['1.1.0', '1.3.0', '1.8.0'].includes(version);

/** The attestation of an event, wherever it stands. */
export function stampOf(event: Facts): Facts {
  const home = (older((event['metadata'] as Facts)['version'] as string) ? event['unmapped'] : event) as Facts;
  return (home['attestation_list'] as readonly Facts[])[0] as Facts;
}

export const fingerprintOf = (event: Facts): string => (stampOf(event)['fingerprint'] as Facts)['value'] as string;

/** Gives the event the fingerprint of its content. */
export function seal(event: Facts): Facts {
  const stamp = stampOf(event);
  delete stamp['fingerprint'];
  stamp['fingerprint'] = { ...algorithm, value: sha256(canonical(event)) };
  return event;
}

/** What the event behind says of this one. */
export const named = (event: Facts): Facts => ({
  fingerprint: { ...algorithm, value: fingerprintOf(event) },
  type_uid: event['type_uid'] as number,
  uid: (event['metadata'] as Facts)['uid'] as string,
});

export interface Wanted {
  readonly code: string;
  readonly data?: Facts;
  readonly statement?: string;
  readonly session?: string;
  readonly ours?: Facts;
  readonly more?: Facts;
}

/** Writes one log as the page says; in its stead the product's writer. */
export class Writer {
  readonly lines: Line[] = [];
  last: Facts | undefined;
  #sequence = 0;
  #checkpoint: string | undefined;
  #checkpoints = 0;
  #letter = '';
  chain = '';
  now = start;

  readonly authority: string;
  readonly version: number;
  readonly ocsf: string;

  constructor(authority = 'gate-1', version = 2, ocsf = '1.9.0') {
    this.authority = authority;
    this.version = version;
    this.ocsf = ocsf;
  }

  begin(letter: string): void {
    this.#letter = letter;
    this.chain = `w-${this.authority}-${idOf(`chain ${letter}`, this.now)}`;
    this.#sequence = 0;
    this.last = undefined;
  }

  event({ code, data = {}, statement, session, ours = {}, more = {} }: Wanted): Facts {
    this.now += 1000;
    this.#sequence += 1;
    const tag = `${this.#letter}${this.#sequence}`;
    const stamp: Facts = {
      authority_uid: this.authority,
      chain_uid: this.chain,
      ...(this.last !== undefined && { prev_event: named(this.last) }),
    };
    const sallyport: Facts = {
      v: this.version,
      instance: idOf(this.#letter),
      data,
      ...(statement !== undefined && { statement }),
      ...ours,
    };
    const event: Facts = {
      activity_id: 99,
      category_uid: 6,
      class_uid: 6002,
      severity_id: 1,
      status_id: 1,
      time: this.now,
      type_uid: 600299,
      metadata: {
        event_code: code,
        sequence: this.#sequence,
        uid: idOf(tag, this.now),
        version: this.ocsf,
        product: { name: 'sallyport' },
        ...(session !== undefined && { correlation_uid: session }),
      },
      unmapped: older(this.ocsf) ? { sallyport, attestation_list: [stamp] } : { sallyport },
      ...(!older(this.ocsf) && { attestation_list: [stamp] }),
      ...more,
    };
    this.last = seal(event);
    this.lines.push({ tag, text: lineOf(event), chain: this.chain, sequence: this.#sequence });
    return event;
  }

  checkpoint(reason: string, key: Key, next?: Key): void {
    this.now += 10;
    this.#checkpoints += 1;
    const claims: Facts = {
      v: this.version,
      authority: this.authority,
      chain: this.chain,
      seq: this.#sequence,
      head: fingerprintOf(this.last as Facts),
      head_uid: ((this.last as Facts)['metadata'] as Facts)['uid'] as string,
      at: this.now,
      reason,
      ...(this.version > 1 && { interval }),
      ...(this.#checkpoint !== undefined && { prev: sha256(this.#checkpoint) }),
      ...(next !== undefined && { next: next.jwk }),
    };
    this.#checkpoint = jwsOf(claims, key, this.version > 1 ? {} : { alg: 'Ed25519' });
    this.lines.push({
      tag: `C${this.#checkpoints}`,
      text: lineOf({ checkpoint: this.#checkpoint }),
      chain: this.chain,
      sequence: this.#sequence,
    });
  }

  get checkpointed(): string {
    return sha256(this.#checkpoint as string);
  }

  /** The texts of the event that comes next, and what that event says of them. */
  texts(wanted: Readonly<Record<string, readonly string[]>>, facts: Facts): Facts {
    const [at, sequence] = [this.now + 1000, this.#sequence + 1];
    const tag = `${this.#letter}${sequence}`;
    const event = idOf(tag, at);
    return Object.fromEntries(
      Object.entries(wanted).map(([role, parts]) => {
        const salt = createHash('sha256').update(`salt ${tag} ${role}`).digest('base64url');
        parts.forEach((text, index) => {
          const sqltext: Json = {
            v: 2,
            id: `${event}.${role}.${index + 1}`,
            event,
            role,
            at,
            part: index + 1,
            of: parts.length,
            salt,
            text,
            ...facts,
          };
          this.lines.push({
            tag: `T${tag}${role}${index + 1}`,
            text: lineOf({ sqltext }),
            chain: this.chain,
            sequence,
          });
        });
        return [role, { parts: parts.length, sha256: sha256(salt + parts.join('')) }];
      }),
    );
  }
}
