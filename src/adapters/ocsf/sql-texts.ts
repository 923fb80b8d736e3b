import { randomBytes } from 'node:crypto';
import type { AuditEvent } from '../../core/index.js';
import { canonicalize, toWellFormed } from './canonical.js';
import { hashSha256 } from './fingerprint.js';

/**
 * One part of a statement's text, apart from its event: for a topic of its own, with its own readers and a short life.
 */
export interface SqlText {
  readonly v: 2;
  /** `<event>.<role>.<part>`. */
  readonly id: string;
  /** The id of the event that names it. */
  readonly event: string;
  /** `run`: the text that ran or would have run. `asked`: what the caller sent, where plugins rewrote it. */
  readonly role: 'run' | 'asked';
  /** The event's time, epoch milliseconds. */
  readonly at: number;
  readonly session?: string;
  readonly statement?: string;
  /** From 1. */
  readonly part: number;
  readonly of: number;
  /** 32 random bytes, base64url; the same in all parts. The event has the SHA-256 of it and the whole text. */
  readonly salt: string;
  /** At most 32,768 UTF-16 units. */
  readonly text: string;
}

/** What is written of an event's texts. */
export interface EventTexts {
  /** Each in parts that any receiver takes. */
  readonly lines: readonly string[];
  /** The member `texts` of the event, in canonical form. */
  readonly named: string;
}

const maxPartLength = 32_768;

/** The texts of an event that is recorded in full; undefined where it has none. */
export function createEventTexts(event: AuditEvent): EventTexts | undefined {
  const { text, askedText } = event;
  if (text === undefined) return undefined;
  const run = writeText(event, 'run', text);
  if (askedText === undefined) return { lines: run.lines, named: `{"run":${run.named}}` };
  const asked = writeText(event, 'asked', askedText);
  return { lines: [...run.lines, ...asked.lines], named: `{"asked":${asked.named},"run":${run.named}}` };
}

function writeText(
  { id: event, at, session, statement }: AuditEvent,
  role: SqlText['role'],
  given: string,
): EventTexts {
  const salt = randomBytes(32).toString('base64url');
  const whole = toWellFormed(given);
  const parts = splitText(whole);
  const lines = parts.map((text, index) => {
    const part = index + 1;
    const sqltext: SqlText = {
      v: 2,
      id: `${event}.${role}.${part}`,
      event,
      role,
      at,
      part,
      of: parts.length,
      salt,
      text,
      ...(session === undefined ? {} : { session }),
      ...(statement === undefined ? {} : { statement }),
    };
    return canonicalize({ sqltext });
  });
  return { lines, named: `{"parts":${parts.length},"sha256":"${hashSha256(salt + whole)}"}` };
}

/** Never cut in the middle of a character. */
function splitText(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  do {
    const end = from + maxPartLength;
    const isHalved = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1));
    parts.push(text.slice(from, isHalved ? end - 1 : end));
    from += (parts.at(-1) as string).length;
  } while (from < text.length);
  return parts;
}
