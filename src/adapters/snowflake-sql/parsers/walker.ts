import type { Gathering } from './gather.js';
import type { Scope } from './scope.js';
import type { Tree } from './tree.js';

/** What a node's handler may ask of the walk that met it. */
export interface Walker {
  readonly gathering: Gathering;
  /** Visits a value and all below it; `field` is the field it stands in, where that matters. */
  visit(value: unknown, scope: Scope, field?: string): void;
  /** Visits all fields of a node but those the caller has dealt with. */
  rest(node: Tree, scope: Scope, ...dealtWith: readonly string[]): void;
  /** Throws when a node has more than the named fields. */
  closed(node: Tree, ...known: readonly string[]): void;
}

/** Deals with one kind of node. */
export type Handler = (walk: Walker, payload: unknown, scope: Scope) => void;
