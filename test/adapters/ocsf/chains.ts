import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  verifier,
  type VerifierState,
  type LinePosition,
  type VerificationReport,
  type VerifyOptions,
} from '../../../src/adapters/ocsf/verify/index.js';

type Json = Readonly<Record<string, unknown>>;

/** A second writer of the format, sharing no code with the first: what it writes must verify. */
export class LogWriter {
  readonly lines: string[] = [];
  readonly authority: string;
  key: SigningKey;
  chain = '';
  now = 1_795_400_000_000;
  sequence = 0;
  #last: { readonly uid: string; readonly type_uid: number; readonly fingerprint: Json } | undefined;
  #before: Json | undefined;
  #checkpoint: string | undefined;
  readonly #old: boolean;
  readonly #v: 1 | 2;
  #ids = 0;

  constructor(authority = 'host-a', key: SigningKey = newKey(), old = false, v: 1 | 2 = 2) {
    this.authority = authority;
    this.key = key;
    this.#old = old;
    this.#v = v;
    this.start();
  }

  /** A new process over the same log; it vouches for the events of the one before up to a number, or for all. */
  start(sealed = this.sequence): this {
    const fingerprint = this.#last?.fingerprint['value'];
    this.#before =
      this.#last === undefined
        ? undefined
        : {
            chain: this.chain,
            sequence: this.sequence,
            id: this.#last.uid,
            fingerprint,
            ...(this.#v === 1 ? {} : { sealed }),
          };
    this.#last = undefined;
    this.sequence = 0;
    this.chain = `w-${this.authority}-${this.#id()}`;
    return this;
  }

  event(code = 'session.opened', more: Json = {}, statement?: string, texts: readonly string[] = []): this {
    const { line, event, fingerprint, textLines } = this.make(code, more, statement, texts);
    this.lines.push(...textLines, line);
    this.sequence += 1;
    this.#last = {
      uid: (event['metadata'] as Json)['uid'] as string,
      type_uid: event['type_uid'] as number,
      fingerprint,
    };
    this.#before = undefined;
    return this;
  }

  /** The next event, not yet taken into the log. */
  make(code: string, more: Json = {}, statement?: string, texts: readonly string[] = []): Made {
    this.now += 7;
    const id = this.#id();
    const { named, textLines } = this.#texts(id, statement, texts);
    const ours: Json = {
      v: this.#v,
      instance: 'i-1',
      data: { note: 'É 😀 "quoted"', ...more },
      ...(statement === undefined ? {} : { statement }),
      ...(this.#before === undefined ? {} : { before: this.#before }),
      ...named,
    };
    const attestation: Json = {
      authority_uid: this.authority,
      chain_uid: this.chain,
      ...(this.#last === undefined ? {} : { prev_event: this.#last }),
    };
    const event = (list: Json): Json => ({
      class_uid: 6005,
      type_uid: 600504,
      time: this.now,
      severity_id: 1,
      metadata: {
        uid: id,
        sequence: this.sequence + 1,
        event_code: code,
        version: this.#old ? '1.3.0' : '1.9.0',
        correlation_uid: 'session-1',
        log_name: 'sallyport.audit',
      },
      ...(this.#old
        ? { unmapped: { sallyport: ours, attestation_list: [list] } }
        : { unmapped: { sallyport: ours }, attestation_list: [list] }),
    });
    const fingerprint = print(sha256(sorted(event(attestation))));
    const whole = event({ ...attestation, fingerprint });
    return { line: sorted(whole), event: whole, fingerprint, textLines };
  }

  /** The lines of the texts of an event, first what ran, then what was asked; and how it names them. */
  #texts(
    event: string,
    statement: string | undefined,
    texts: readonly string[],
  ): { readonly named: Json; readonly textLines: readonly string[] } {
    const salt = 'c2FsdCBzYWx0IHNhbHQgc2FsdCBzYWx0IHNhbHQgc2E';
    const [named, textLines]: [Record<string, Json>, string[]] = [{}, []];
    texts.forEach((text, index) => {
      const role = index === 0 ? 'run' : 'asked';
      const parts = [text.slice(0, 8), text.slice(8)].filter((part, at) => at === 0 || part !== '');
      named[role] = { parts: parts.length, sha256: sha256(salt + text) };
      const of = parts.length;
      parts.forEach((part, at) =>
        textLines.push(
          sorted({
            sqltext: {
              v: 2,
              id: `${event}.${role}.${at + 1}`,
              event,
              role,
              at: this.now,
              session: 'session-1',
              ...(statement === undefined ? {} : { statement }),
              part: at + 1,
              of,
              salt,
              text: part,
            },
          }),
        ),
      );
    });
    return { named: texts.length === 0 ? {} : { texts: named }, textLines };
  }

  /** The clock is put forward, or back. */
  later(ms: number): this {
    this.now += ms;
    return this;
  }

  events(count: number): this {
    for (let each = 0; each < count; each += 1) this.event();
    return this;
  }

  /** What retention removed: the first `count` lines. */
  removed(count: number): this {
    const gone = this.lines.slice(0, count);
    const event = JSON.parse(gone.findLast((line) => !line.startsWith('{"checkpoint"')) ?? '{}') as {
      readonly metadata: Json;
      readonly attestation_list: readonly [{ readonly chain_uid: string; readonly fingerprint: Json }];
    };
    const checkpoint = gone.findLast((line) => line.startsWith('{"checkpoint"'));
    const digest =
      checkpoint === undefined
        ? {}
        : { checkpoint: sha256((JSON.parse(checkpoint) as { readonly checkpoint: string }).checkpoint) };
    const [{ chain_uid: chain, fingerprint }] = event.attestation_list;
    return this.event('audit.removed', {
      chain,
      sequence: event.metadata['sequence'],
      fingerprint: fingerprint['value'],
      ...digest,
    });
  }

  seal(reason = 'count', more: Json = {}, key = this.key): this {
    const jws = this.stamp(reason, more, key);
    this.#checkpoint = sha256(jws);
    this.lines.push(`{"checkpoint":"${jws}"}`);
    return this;
  }

  stamp(reason = 'count', more: Json = {}, key = this.key, header: Json = {}): string {
    this.now += 3;
    const prev = this.#checkpoint === undefined ? {} : { prev: this.#checkpoint };
    return signed(
      key,
      {
        v: this.#v,
        ...(this.#v === 1 ? {} : { interval: { events: 1_256, ms: 60_000 } }),
        authority: this.authority,
        chain: this.chain,
        seq: this.sequence,
        head: this.#last?.fingerprint['value'],
        head_uid: this.#last?.uid,
        at: this.now,
        reason,
        ...prev,
        ...more,
      },
      header,
    );
  }

  /** Announces a key under the old one, and goes on with it. */
  rotate(next: SigningKey): this {
    this.seal('rotation', { next: next.jwk }).key = next;
    return this;
  }

  stop(): this {
    return this.event('gateway.stopped').seal('close');
  }

  get keys(): { readonly keys: readonly Json[] } {
    return { keys: [this.key.jwk] };
  }

  #id(): string {
    this.#ids += 1;
    return `019b2f00-0000-7000-8000-${String(this.#ids).padStart(12, '0')}`;
  }
}

export interface Made {
  readonly line: string;
  readonly event: Json;
  readonly fingerprint: Json;
  readonly textLines: readonly string[];
}

export interface SigningKey {
  readonly jwk: Json;
  readonly secret: KeyObject;
}

let made = 0;

export function newKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  made += 1;
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: `key-${made}`, alg: 'Ed25519', use: 'sig' },
    secret: privateKey,
  };
}

export function signed(key: SigningKey, claims: Json, header: Json = {}): string {
  const input = [{ alg: 'Ed25519', kid: key.jwk['kid'], typ: 'audit-checkpoint+jws', ...header }, claims]
    .map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
    .join('.');
  return `${input}.${sign(null, Buffer.from(input), key.secret).toString('base64url')}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function print(value: string): Json {
  return { algorithm_id: 3, encoding_id: 1, serialization_id: 2, value };
}

/** JSON with sorted names; the values here are simple enough for that to be the canonical form. */
export function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${sorted(each)}`)
    .join(',')}}`;
}

/** The same JSON as another program would write it. */
export function reserialised(line: string): string {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, each]) => [name, turned(each)]),
        )
      : value;
  };
  return JSON.stringify(turned(JSON.parse(line)), undefined, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll('É', String.raw`\u00C9`);
}

/** Replaces members of an event's line, by path, and leaves its fingerprint as it was. */
export function changed(line: string, change: (event: Record<string, never>) => void): string {
  const event = JSON.parse(line) as Record<string, never>;
  change(event);
  return sorted(event);
}

/** Does what somebody does who changes an event and computes the chain anew from there, without the key. */
export function rechained(
  lines: readonly string[],
  from: number,
  change: (event: Record<string, never>) => void,
): string[] {
  let last: string | undefined;
  return lines.map((line, index) => {
    if (index < from || line.startsWith('{"checkpoint"')) return line;
    const event = JSON.parse(line) as {
      attestation_list: [{ prev_event?: { fingerprint: Json }; fingerprint?: Json }];
    };
    if (index === from) change(event as unknown as Record<string, never>);
    const [attestation] = event.attestation_list;
    if (last !== undefined && attestation.prev_event !== undefined) attestation.prev_event.fingerprint = print(last);
    delete attestation.fingerprint;
    last = sha256(sorted(event));
    attestation.fingerprint = print(last);
    return sorted(event);
  });
}

/** Verifies lines as one file that is read in order; or, without `log`, as lines in any order. */
export async function verified(
  lines: readonly (string | undefined)[],
  options: VerifyOptions = {},
  log: string | null = 'log',
): Promise<VerificationReport> {
  const check = await verifier(options);
  for (const [index, line] of lines.entries()) await check.take(line, placed(index, log));
  return check.report();
}

export function placed(index: number, log: string | null): LinePosition {
  return { source: 'file', line: index + 1, ...(log === null ? {} : { log }) };
}

/** Every problem as `kind@line`. */
export function told(report: VerificationReport): string[] {
  return [report, ...report.chains].flatMap(({ problems }) =>
    problems.map(({ kind, place }) => (place === undefined ? kind : `${kind}@${place.line}`)),
  );
}

export function kinds(report: VerificationReport): string[] {
  return [
    ...new Set([report, ...report.chains].flatMap(({ problems }) => problems.map(({ kind }) => kind))),
  ].toSorted();
}

/** As a file would give it back. */
export function again(memory: VerifierState | undefined): VerifierState {
  return JSON.parse(JSON.stringify(memory)) as VerifierState;
}
