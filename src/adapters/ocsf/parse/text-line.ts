import { hasOnly, textNames } from './closed-objects.js';
import { isCount, isName, isOptionalName, isWholeNumber } from './value-checks.js';
import type { JsonMembers } from './strict-json.js';
import type { TextRole } from './event-claims.js';

/** One part of a statement's text, as it came. */
export interface TextLine {
  readonly v: 1 | 2;
  readonly id: string;
  /** The event whose text it is. */
  readonly event: string;
  readonly role: TextRole;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly session?: string;
  readonly statement?: string;
  /** From 1. */
  readonly part: number;
  readonly of: number;
  /** Version 2 only. */
  readonly salt?: string;
  readonly text: string;
}

const maxPartLength = 32_768;
const saltPattern = /^[\w-]{43}$/;
/** Reads a text; undefined where it is none. */
export function parseText(value: JsonMembers): TextLine | undefined {
  const { v, id, at, session, statement, part, of, text } = value;
  if (
    (v !== 1 && v !== 2) ||
    !hasOnly(value, textNames[v]) ||
    !isName(id) ||
    !isWholeNumber(at) ||
    !isOptionalName(session) ||
    !isOptionalName(statement)
  )
    return undefined;
  if (!isCount(part) || !isCount(of) || part > of || typeof text !== 'string' || text.length > maxPartLength)
    return undefined;
  const named = v === 1 ? parseOwnerVersion1(value, id, part) : parseOwner(value, id, part);
  if (named === undefined) return undefined;
  return {
    v,
    id,
    at,
    part,
    of,
    text,
    ...named,
    ...(session === undefined ? {} : { session }),
    ...(statement === undefined ? {} : { statement }),
  };
}

type TextOwner = Pick<TextLine, 'event' | 'role' | 'salt'>;

function parseOwner({ event, role, salt }: JsonMembers, id: string, part: number): TextOwner | undefined {
  if (!isName(event) || (role !== 'run' && role !== 'asked') || typeof salt !== 'string' || !saltPattern.test(salt))
    return undefined;
  return id === `${event}.${role}.${part}` ? { event, role, salt } : undefined;
}

/** A text of version 1 names its event in its id only. */
function parseOwnerVersion1({ role }: JsonMembers, id: string, part: number): TextOwner | undefined {
  const end = `${role === 'asked' ? '.asked' : ''}.${part}`;
  const event = id.slice(0, -end.length);
  if ((role !== undefined && role !== 'asked') || !id.endsWith(end) || event === '') return undefined;
  return { event, role: role === 'asked' ? 'asked' : 'run' };
}
