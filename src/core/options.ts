import { AccessError } from './errors.js';
import { nearest } from './nearest.js';

interface Names {
  readonly [name: string]: true | Names;
}

/** The names of all options of `Options`, no more and no fewer; of an option that is itself a set of options, also the names in it. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true | Names };

const longestName = 60;

/**
 * A copy of the options that holds what they hold themselves, and nothing that is `undefined`. Throws CONFIG_INVALID, with `where` before its message,
 * for what is no set of options, for a name that is none (it names the one that was probably meant), and for an option that is inherited or that
 * cannot be read. What a value must be is checked elsewhere.
 */
export function readOptions<Options extends object>(given: unknown, names: OptionNames<Options>, where: string): Options {
  return read(given, names, where, '') as Options;
}

function read(given: unknown, names: Names, where: string, path: string): object {
  const what = path === '' ? 'options' : path.slice(0, -1);
  if (typeof given !== 'object' || given === null || attempt(() => Array.isArray(given), where, what)) throw invalid(where, `${what} must be an object`);
  for (const name of attempt(() => Object.getOwnPropertyNames(given), where, what)) {
    if (!Object.hasOwn(names, name)) throw invalid(where, `unknown option ${quoted(path + name)}; ${hintFor(name, Object.keys(names), path)}`);
  }
  // No prototype: what somebody put on Object.prototype is no option.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, nested] of Object.entries(names)) {
    const value = valueOf(given, name, where, path);
    if (value !== undefined) copy[name] = nested === true || value === false ? value : read(value, nested, where, `${path}${name}.`);
  }
  return copy;
}

function valueOf(given: object, name: string, where: string, path: string): unknown {
  const own = attempt(() => Object.hasOwn(given, name), where, path + name);
  if (!own && attempt(() => name in given, where, path + name)) throw invalid(where, `option ${quoted(path + name)} is inherited; set it on the object itself`);
  return own ? attempt(() => (given as Readonly<Record<string, unknown>>)[name], where, path + name) : undefined;
}

function attempt<T>(work: () => T, where: string, what: string): T {
  try {
    return work();
  } catch (error) {
    throw new AccessError('CONFIG_INVALID', `${where}: option ${quoted(what)} cannot be read`, { cause: error });
  }
}

function hintFor(name: string, known: readonly string[], path: string): string {
  const meant = nearest(name, known);
  return meant === undefined ? `known are ${known.toSorted().join(', ')}` : `did you mean ${quoted(path + meant)}?`;
}

function quoted(name: string): string {
  return JSON.stringify(name.length > longestName ? `${name.slice(0, longestName)}…` : name);
}

function invalid(where: string, message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `${where}: ${message}`);
}
