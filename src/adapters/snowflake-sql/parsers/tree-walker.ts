import type { ReadingBuilder } from './reading-builder.js';
import type { CteScope } from './cte-scope.js';
import type { TreeNode } from './tree.js';

/** What a node's handler may ask of the walk that met it. */
export interface TreeWalker {
  readonly builder: ReadingBuilder;
  /** Visits a value and all below it; `field` is the field it stands in, where that matters. */
  visit(value: unknown, scope: CteScope, field?: string): void;
  /** Visits all fields of a node but those the caller has dealt with. */
  visitFields(node: TreeNode, scope: CteScope, ...dealtWith: readonly string[]): void;
  /** Throws when a node has more than the named fields. */
  requireOnly(node: TreeNode, ...known: readonly string[]): void;
}

/** Deals with one kind of node. */
export type NodeHandler = (walk: TreeWalker, payload: unknown, scope: CteScope) => void;
