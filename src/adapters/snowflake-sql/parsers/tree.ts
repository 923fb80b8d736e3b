import { UnparsedError } from './parser.js';

/** A node of either parser's JSON tree. */
export type TreeNode = Readonly<Record<string, unknown>>;

export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The node, or a refusal: a shape that is not the one we know is not understood. */
export function requireNode(value: unknown, what: string): TreeNode {
  if (!isTreeNode(value)) throw new UnparsedError(`${what} of unknown shape`);
  return value;
}

export function requireList(value: unknown, what: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new UnparsedError(`${what} of unknown shape`);
  return value;
}

export function requireText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new UnparsedError(`${what} of unknown shape`);
  return value;
}

/** True for what a tree holds where a clause is absent. */
export function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

/** The single key and value of an externally tagged variant. */
export function readVariant(value: unknown): readonly [string, unknown] {
  const entries = isTreeNode(value) ? Object.entries(value) : [];
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) throw new UnparsedError('a node of unknown shape');
  return only;
}

/** A copy without some keys: those the caller has dealt with. */
export function omitKeys(node: TreeNode, ...keys: readonly string[]): TreeNode {
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(node)) {
    if (key === '__proto__') throw new UnparsedError('a node of unknown shape');
    if (!keys.includes(key)) rest[key] = node[key];
  }
  return rest;
}
