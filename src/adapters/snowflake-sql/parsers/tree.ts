import { Unparsed } from './parser.js';

/** A node of either parser's JSON tree. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The node, or a refusal: a shape that is not the one we know is not understood. */
export function tree(value: unknown, what: string): Tree {
  if (!isTree(value)) throw new Unparsed(`${what} of unknown shape`);
  return value;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new Unparsed(`${what} of unknown shape`);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Unparsed(`${what} of unknown shape`);
  return value;
}

/** True for what a tree holds where a clause is absent. */
export function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

/** The single key and value of an externally tagged variant. */
export function variant(value: unknown): readonly [string, unknown] {
  const entries = isTree(value) ? Object.entries(value) : [];
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) throw new Unparsed('a node of unknown shape');
  return only;
}

/** A copy without some keys: those the caller has dealt with. */
export function without(node: Tree, ...keys: readonly string[]): Tree {
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(node)) {
    if (key === '__proto__') throw new Unparsed('a node of unknown shape');
    if (!keys.includes(key)) rest[key] = node[key];
  }
  return rest;
}
