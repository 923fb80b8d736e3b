import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isAbsent, list, tree, variant, without } from '../tree.js';
import type { Statement } from './dml.js';
import { write } from './target.js';

const top: Scope = undefined;

/** Plain definitions of tables and views. */
export const definitions: Readonly<Record<string, Statement>> = {
  create_table: (walk, payload) => {
    const modifier = payload['table_modifier'];
    if (!isAbsent(modifier) && modifier !== 'TRANSIENT') throw new Unparsed('CREATE of a special table');
    write(walk, payload['name']);
    walk.visit(without(payload, 'name', 'table_modifier', 'temporary', 'or_replace', 'if_not_exists', 'copy_grants'), top);
    return 'CREATE TABLE';
  },
  create_view: (walk, payload) => {
    write(walk, payload['name']);
    walk.visit(without(payload, 'name', 'or_replace', 'if_not_exists', 'temporary', 'secure', 'copy_grants', 'comment'), top);
    return 'CREATE VIEW';
  },
  drop_table: (walk, payload) => {
    for (const each of list(payload['names'], 'DROP TABLE')) write(walk, each);
    walk.closed(payload, 'names', 'if_exists', 'cascade');
    return 'DROP TABLE';
  },
  drop_view: (walk, payload) => {
    write(walk, payload['name']);
    walk.closed(payload, 'name', 'if_exists');
    return 'DROP VIEW';
  },
  alter_table: (walk, payload) => {
    write(walk, payload['name']);
    walk.closed(payload, 'name', 'actions', 'if_exists');
    for (const each of list(payload['actions'], 'ALTER TABLE')) {
      if (typeof each === 'string') throw new Unparsed('ALTER TABLE of unknown shape');
      const [action, detail] = variant(each);
      if (action === 'RenameTable' || action === 'SwapWith') write(walk, detail);
      else walk.visit(each, top);
    }
    return 'ALTER TABLE';
  },
  alter_view: (walk, payload) => {
    write(walk, payload['name']);
    walk.closed(payload, 'name', 'actions', 'if_exists');
    for (const each of list(payload['actions'], 'ALTER VIEW')) {
      const [action, detail] = variant(tree(each, 'ALTER VIEW'));
      if (action !== 'Rename') throw new Unparsed(`polyglot ${action}`);
      write(walk, detail);
    }
    return 'ALTER VIEW';
  },
};
