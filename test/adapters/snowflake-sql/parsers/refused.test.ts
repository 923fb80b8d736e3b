import { describe, expect, it } from 'vitest';
import { findDifference } from '../../../../src/adapters/snowflake-sql/parsers/compare-readings.js';
import { ReadingBuilder } from '../../../../src/adapters/snowflake-sql/parsers/reading-builder.js';
import { gatherStatement as gatherPolyglot } from '../../../../src/adapters/snowflake-sql/parsers/polyglot/statement.js';
import type { ParserReading } from '../../../../src/adapters/snowflake-sql/parsers/reading.js';
import { gatherStatement as gatherSqlparser } from '../../../../src/adapters/snowflake-sql/parsers/sqlparser/statement.js';
import { both, parsers } from './support.js';

const polyglotSelect = (fields: object): unknown => ({
  select: { expressions: [{ star: {} }], from: null, ...fields },
});
const sqlparserSelect = (fields: object): unknown => ({ Query: { body: { Select: { projection: [], ...fields } } } });
const part = (text: string, quoted = false) => [{ text, quoted }];

describe('what is not read', () => {
  it.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['two statements', 'select 1; select 2'],
    ['a statement and an effect', 'select 1; drop table t'],
    ['not SQL', 'sel'],
    ['a flow', 'show tables ->> drop table t'],
    ['SELECT INTO', 'select * into x from t'],
    ['row locks', 'select * from t for update'],
    ['DML in a CTE', 'with c as (delete from t returning *) select 1 from c'],
    ['DML in FROM', 'select * from (delete from t)'],
    ['bracketed DML', '(delete from t)'],
    ['a stage', 'select $1 from @s/p'],
    ['a stage with options', "select $1 from @s (file_format => 'f') t"],
    ['a file', "select * from 's3://b/k'"],
    ['IDENTIFIER of a literal', "select * from identifier('t')"],
    ['IDENTIFIER of a variable', 'select * from identifier($t)'],
    ['TABLE of a variable', 'select * from table($t)'],
    ['TABLE of a literal', "select * from table('t')"],
    ['TABLE of a name', 'select * from table(t)'],
    ['TABLE of a windowed call', 'select * from table(f(x) over (partition by y))'],
    ['a bind as a relation', 'select * from ?'],
    ['a named bind as a relation', 'select * from :t'],
    ['a column as a relation', 'select * from $1'],
    ['a missing part', 'select * from db..t'],
    ['four parts', 'select * from a.b.c.d'],
    ['an empty part', 'select * from "".t'],
    ['a function as a relation', 'select * from f(1)'],
    ['time travel to a stream', "select * from t at (stream => 's')"],
    ['changes since a stream', "select * from t changes (information => default) at (stream => 's')"],
    ['a semantic view', 'select * from semantic_view(v metrics m)'],
    ['GRANT', 'grant select on t to role r'],
    ['USE', 'use role r'],
    ['SET', 'set x = (select 1 from t)'],
    ['CALL', 'call p()'],
    ['a block', 'begin select 1; end'],
    ['EXECUTE IMMEDIATE', "execute immediate 'drop table t'"],
    ['COPY', 'copy into @s from t'],
    ['CREATE FUNCTION', "create function f() returns int as '1'"],
    ['CREATE STAGE', 'create stage s'],
    ['DROP SCHEMA', 'drop schema s'],
    ['a dynamic table', "create dynamic table d target_lag = '1 minute' warehouse = w as select 1 from t"],
    ['an external table', 'create external table e location = @s file_format = (type = csv)'],
    ['row access policies', 'alter table t add row access policy p on (x)'],
    [
      'a pattern that holds a query',
      'select * from t match_recognize (order by x pattern ((select 1 from u)) define a as true)',
    ],
    ['a reserved beginning', 'select fn__x(1)'],
    ['a reserved relation', 'select 1 from mr__'],
  ])('%s', (_what, sql) => {
    expect(both(sql).ok).toBe(false);
  });

  it('never says what a literal was', () => {
    for (const sql of [
      "select 'hunter2' from from",
      "select x from 'hunter2'",
      "select * from t at (stream => 'hunter2')",
      "select * from identifier('hunter2')",
      "insert into t values ('hunter2') hunter2 'hunter2'",
      "select a:b['hunter2'(1)]",
    ]) {
      const readings = both(sql);
      expect(readings.ok).toBe(false);
      expect(JSON.stringify(readings)).not.toContain('hunter2');
    }
  });
});

describe('a walk', () => {
  it.each([
    ['an unknown field', polyglotSelect({ surprise: { table: 1 } })],
    ['an unknown flag', polyglotSelect({ surprise: true })],
    ['an unknown word', polyglotSelect({ surprise: 'x' })],
    ['an unknown number', polyglotSelect({ surprise: 0 })],
    ['an unknown node without content', polyglotSelect({ where_clause: { this: { surprise: null } } })],
    ['text where a node belongs', polyglotSelect({ where_clause: { this: 'select 1 from t' } })],
    ['an unknown statement', { surprise: {} }],
    ['a command', { command: { this: 'drop table t' } }],
    ['raw text', polyglotSelect({ where_clause: { this: { raw: { sql: 'select 1 from t' } } } })],
    ['a call without a name', polyglotSelect({ where_clause: { this: { function: { args: [] } } } })],
    [
      'a CTE with more',
      polyglotSelect({
        with: {
          ctes: [{ alias: { name: 'c', quoted: false }, this: polyglotSelect({}), surprise: 1 }],
          recursive: false,
        },
      }),
    ],
    ['no statement', 'select'],
  ])('over polyglot refuses %s', (_what, tree) => {
    expect(() => gatherPolyglot(tree, new ReadingBuilder())).toThrow(
      expect.objectContaining({ name: 'UnparsedError' }),
    );
  });

  it.each([
    ['an unknown field', sqlparserSelect({ surprise: { x: 1 } })],
    ['an unknown flag', sqlparserSelect({ surprise: true })],
    ['an unknown word', sqlparserSelect({ surprise: 'x' })],
    ['an unknown number', sqlparserSelect({ surprise: 0 })],
    ['an unknown node without content', sqlparserSelect({ selection: { Surprise: null } })],
    ['an unknown statement', { Surprise: {} }],
    ['a field named like what every object has', sqlparserSelect({ constructor: { x: 1 } })],
    ['a statement named so', { constructor: {} }],
    ['DML inside', { Query: { body: { Delete: { Delete: {} } } } }],
    ['a relation of unknown shape', sqlparserSelect({ from: [{ relation: { Table: { name: 't' } }, joins: [] }] })],
    [
      'a relation with more',
      sqlparserSelect({
        from: [{ relation: { Table: { name: [{ Identifier: { value: 't' } }], surprise: true } }, joins: [] }],
      }),
    ],
    [
      'a bracketed name',
      sqlparserSelect({
        from: [{ relation: { Table: { name: [{ Identifier: { value: 't', quote_style: '[' } }] } }, joins: [] }],
      }),
    ],
    ['no statement', 'Query'],
  ])('over sqlparser refuses %s', (_what, tree) => {
    expect(() => gatherSqlparser(tree, new ReadingBuilder())).toThrow(
      expect.objectContaining({ name: 'UnparsedError' }),
    );
  });
});

describe('two readings', () => {
  const one: ParserReading = {
    statements: 1,
    root: 'SELECT',
    reads: [part('t'), part('U')],
    writes: [part('w')],
    functions: [part('f')],
  };

  it('are equal whatever the order and the spelling', () => {
    expect(findDifference(one, { ...one, reads: [part('U', true), part('T')] })).toBeUndefined();
  });

  it.each<readonly [what: string, other: Partial<ParserReading>]>([
    ['number of statements', { statements: 2 }],
    ['kind of statement', { root: 'INSERT' }],
    ['relations read', { reads: [part('t')] }],
    ['relations read', { reads: [part('t'), part('u', true)] }],
    ['relations read', { reads: [part('t'), part('u'), part('v')] }],
    ['targets written', { writes: [] }],
    ['functions called', { functions: [part('F', true)] }],
    ['functions called', { functions: [] }],
  ])('differ in the %s', (what, other) => {
    expect(findDifference(one, { ...one, ...other })).toBe(what);
    expect(findDifference({ ...one, ...other }, one)).toBe(what);
  });

  it('are asked of both parsers', () => {
    expect(parsers.map((parser) => parser.name)).toEqual(['sqlparser', 'polyglot']);
  });
});
