import { AccessError } from './errors.js';
import { findNearestName } from './data/nearest-name.js';

interface NestedNames {
  readonly [name: string]: true | NestedNames;
}

/**
 * The names of all options of `Options`, no more and no fewer; of an option that is itself a set of options, also the
 * names in it.
 */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true | NestedNames };

const maxNameLength = 60;

/**
 * A copy of the options that holds what they hold themselves, and nothing that is `undefined`. Throws CONFIG_INVALID,
 * with `where` before its message,
 * for what is no set of options, for a name that is none (it names the one that was probably meant), and for an option
 * that is inherited or that
 * cannot be read. What a value must be is checked elsewhere.
 */
export function readOptions<Options extends object>(
  given: unknown,
  names: OptionNames<Options>,
  where: string,
): Options {
  return readNested(given, names, where, '') as Options;
}

function readNested(given: unknown, names: NestedNames, where: string, path: string): object {
  const what = path === '' ? 'options' : path.slice(0, -1);
  if (typeof given !== 'object' || given === null || callOrThrow(() => Array.isArray(given), where, what))
    throw createConfigError(where, `${what} must be an object`);
  for (const name of callOrThrow(() => Object.getOwnPropertyNames(given), where, what)) {
    if (!Object.hasOwn(names, name))
      throw createConfigError(
        where,
        `unknown option ${quoteName(path + name)}; ${createHint(name, Object.keys(names), path)}`,
      );
  }
  // No prototype: what somebody put on Object.prototype is no option.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, nested] of Object.entries(names)) {
    const value = readOwnValue(given, name, where, path);
    if (value !== undefined)
      copy[name] = nested === true || value === false ? value : readNested(value, nested, where, `${path}${name}.`);
  }
  return copy;
}

function readOwnValue(given: object, name: string, where: string, path: string): unknown {
  const own = callOrThrow(() => Object.hasOwn(given, name), where, path + name);
  if (!own && callOrThrow(() => name in given, where, path + name))
    throw createConfigError(where, `option ${quoteName(path + name)} is inherited; set it on the object itself`);
  return own ? callOrThrow(() => (given as Readonly<Record<string, unknown>>)[name], where, path + name) : undefined;
}

function callOrThrow<T>(work: () => T, where: string, what: string): T {
  try {
    return work();
  } catch (error) {
    throw new AccessError('CONFIG_INVALID', `${where}: option ${quoteName(what)} cannot be read`, { cause: error });
  }
}

function createHint(name: string, known: readonly string[], path: string): string {
  const meant = findNearestName(name, known);
  return meant === undefined ? `known are ${known.toSorted().join(', ')}` : `did you mean ${quoteName(path + meant)}?`;
}

function quoteName(name: string): string {
  return JSON.stringify(name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name);
}

function createConfigError(where: string, message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `${where}: ${message}`);
}
