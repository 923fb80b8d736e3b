import type { Place } from './report.js';
import { stampOf, type Stamp } from './seal.js';
import { isMembers, strictObject, type Members } from './strict.js';
import { toldOf, type Told } from './told.js';

export type Read = { readonly kind: 'event'; readonly told: Told } | { readonly kind: 'checkpoint'; readonly stamp: Stamp } | { readonly kind: 'text' };

const bare = /^\s*[\w-]+\.[\w-]+\.[\w-]+\s*$/;

/** A line of a log, or a record of a topic, where a checkpoint and a text come without their wrapping; undefined for anything else. */
export function readLine(line: string, place: Place): Read | undefined {
  if (bare.test(line)) return stamped(line.trim(), place);
  const value = strictObject(line);
  if (value === undefined) return undefined;
  if (typeof value['checkpoint'] === 'string') return Object.keys(value).length === 1 ? stamped(value['checkpoint'], place) : undefined;
  if (isText(value['sqltext']) || isText(value)) return { kind: 'text' };
  const told = toldOf(value);
  return told === undefined ? undefined : { kind: 'event', told };
}

function stamped(jws: string, place: Place): Read | undefined {
  const stamp = stampOf(jws, place);
  return stamp === undefined ? undefined : { kind: 'checkpoint', stamp };
}

function isText(value: unknown): value is Members {
  return isMembers(value) && value['v'] === 1 && typeof value['id'] === 'string' && typeof value['text'] === 'string' && Number.isSafeInteger(value['part']) && Number.isSafeInteger(value['of']);
}
