import { closed, textNames } from './closed.js';
import { isCount, isName, isNameOrNothing, isWhole } from './forms.js';
import type { Members } from './strict.js';
import type { TextRole } from './told.js';

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

const longest = 32_768;
const saltForm = /^[\w-]{43}$/;
/** Reads a text; undefined where it is none. */
export function textOf(value: Members): TextLine | undefined {
  const { v, id, at, session, statement, part, of, text } = value;
  if ((v !== 1 && v !== 2) || !closed(value, textNames[v]) || !isName(id) || !isWhole(at) || !isNameOrNothing(session) || !isNameOrNothing(statement)) return undefined;
  if (!isCount(part) || !isCount(of) || part > of || typeof text !== 'string' || text.length > longest) return undefined;
  const named = v === 1 ? earlyOf(value, id, part) : namedOf(value, id, part);
  if (named === undefined) return undefined;
  return { v, id, at, part, of, text, ...named, ...(session === undefined ? {} : { session }), ...(statement === undefined ? {} : { statement }) };
}

type Owner = Pick<TextLine, 'event' | 'role' | 'salt'>;

function namedOf({ event, role, salt }: Members, id: string, part: number): Owner | undefined {
  if (!isName(event) || (role !== 'run' && role !== 'asked') || typeof salt !== 'string' || !saltForm.test(salt)) return undefined;
  return id === `${event}.${role}.${part}` ? { event, role, salt } : undefined;
}

/** A text of version 1 names its event in its id only. */
function earlyOf({ role }: Members, id: string, part: number): Owner | undefined {
  const end = `${role === 'asked' ? '.asked' : ''}.${part}`;
  const event = id.slice(0, -end.length);
  if ((role !== undefined && role !== 'asked') || !id.endsWith(end) || event === '') return undefined;
  return { event, role: role === 'asked' ? 'asked' : 'run' };
}
