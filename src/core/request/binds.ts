import { deny, type Denied } from '../outcome.js';

const hint = 'Pass a list of values: the first for the first ? or for :1. Write ? or :1, :2 in the text, not both.';

/**
 * Why these places for binds do not take this many values; undefined where they do. Every place must have a value and
 * every value a place:
 * an engine that is left to notice it would have been asked, and the record would show values that went nowhere.
 */
export function checkBinds(placeholders: readonly string[], values: number): Denied | undefined {
  const named = namedBind(placeholders);
  if (named !== undefined) return named;
  const numbered = placeholders.filter((each) => each !== '?');
  if (numbered.length === 0) return checkBindCount(placeholders.length, values);
  if (numbered.length < placeholders.length)
    return denyBinds('mixed', 'the statement has both ? and numbered places for binds');
  const numbers = new Set(numbered.map((each) => Number(each.slice(1))));
  const beyond = [...numbers].find((each) => each < 1 || each > values);
  if (beyond !== undefined)
    return denyBinds('missing', `there is no bind for :${beyond}, since ${formatBindCount(values)} given`);
  const unused = Array.from({ length: values }, (_, index) => index + 1).find((each) => !numbers.has(each));
  return unused === undefined
    ? undefined
    : denyBinds('unused', `the statement has no :${unused}, but ${formatBindCount(values)} given`);
}

/** The refusal of a bind with a name; undefined where there is none. */
export function namedBind(placeholders: readonly string[]): Denied | undefined {
  // `:01` is a name too: engines do not agree on which number it is.
  const named = placeholders.find((each) => !/^(?:\?|:[1-9]\d*)$/.test(each));
  return named === undefined
    ? undefined
    : denyBinds('named', `binds have no names, so ${truncateName(named)} has no value`);
}

function checkBindCount(places: number, values: number): Denied | undefined {
  if (places === values) return undefined;
  const has = `the statement has ${places === 1 ? 'one place' : `${places} places`} for binds, and ${formatBindCount(values)} given`;
  return denyBinds(places > values ? 'missing' : 'unused', has);
}

function formatBindCount(values: number): string {
  return values === 1 ? 'one bind is' : `${values} binds are`;
}

function truncateName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 57)}...` : name;
}

function denyBinds(reason: 'named' | 'mixed' | 'missing' | 'unused', message: string): Denied {
  return deny('INVALID_REQUEST', message, { reason: `binds.${reason}`, hint });
}
