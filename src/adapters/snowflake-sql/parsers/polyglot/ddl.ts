import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isAbsent, requireList, requireNode, readVariant, omitKeys } from '../tree.js';
import type { StatementHandler } from './dml.js';
import { addTarget } from './target.js';

const topScope: CteScope = undefined;

/** Plain definitions of tables and views. */
export const definitions: Readonly<Record<string, StatementHandler>> = {
  create_table: (walk, payload) => {
    const modifier = payload['table_modifier'];
    if (!isAbsent(modifier) && modifier !== 'TRANSIENT') throw new UnparsedError('CREATE of a special table');
    addTarget(walk, payload['name']);
    walk.visit(
      omitKeys(payload, 'name', 'table_modifier', 'temporary', 'or_replace', 'if_not_exists', 'copy_grants'),
      topScope,
    );
    return 'CREATE TABLE';
  },
  create_view: (walk, payload) => {
    addTarget(walk, payload['name']);
    walk.visit(
      omitKeys(payload, 'name', 'or_replace', 'if_not_exists', 'temporary', 'secure', 'copy_grants', 'comment'),
      topScope,
    );
    return 'CREATE VIEW';
  },
  drop_table: (walk, payload) => {
    for (const each of requireList(payload['names'], 'DROP TABLE')) addTarget(walk, each);
    walk.requireOnly(payload, 'names', 'if_exists', 'cascade');
    return 'DROP TABLE';
  },
  drop_view: (walk, payload) => {
    addTarget(walk, payload['name']);
    walk.requireOnly(payload, 'name', 'if_exists');
    return 'DROP VIEW';
  },
  alter_table: (walk, payload) => {
    addTarget(walk, payload['name']);
    walk.requireOnly(payload, 'name', 'actions', 'if_exists');
    for (const each of requireList(payload['actions'], 'ALTER TABLE')) {
      if (typeof each === 'string') throw new UnparsedError('ALTER TABLE of unknown shape');
      const [action, detail] = readVariant(each);
      if (action === 'RenameTable' || action === 'SwapWith') addTarget(walk, detail);
      else walk.visit(each, topScope);
    }
    return 'ALTER TABLE';
  },
  alter_view: (walk, payload) => {
    addTarget(walk, payload['name']);
    walk.requireOnly(payload, 'name', 'actions', 'if_exists');
    for (const each of requireList(payload['actions'], 'ALTER VIEW')) {
      const [action, detail] = readVariant(requireNode(each, 'ALTER VIEW'));
      if (action !== 'Rename') throw new UnparsedError(`polyglot ${action}`);
      addTarget(walk, detail);
    }
    return 'ALTER VIEW';
  },
};
