import { describe, expect, it } from 'vitest';
import type { Approval } from '../../page/api-types.js';
import { assessRisks } from '../../page/approval/risks.js';

/** What is said of a statement, with a `!` before what is grave. */
function said(canonical: string, operation = canonical.split(' ')[0] ?? '', kind = 'write'): readonly string[] {
  const statement = { kind, operation, summary: '', canonical, binds: [], reads: [], writes: [], functions: [] };
  return assessRisks({ moment: 'run', access: 'write', statement } as unknown as Approval).map(
    ({ severe: grave, text: says }) => `${grave ? '!' : ''}${says}`,
  );
}

describe('what is dangerous about a statement', () => {
  it.each([
    ["DELETE FROM t WHERE a = 'x'", ['Deletes rows.']],
    ['DELETE FROM t', ['!Deletes every row: there is no WHERE.']],
    ['DELETE FROM t /* WHERE a */ -- WHERE b', ['!Deletes every row: there is no WHERE.']],
    ["UPDATE t SET a = 'WHERE b = 1'", ['!Changes every row: there is no WHERE.']],
    ['UPDATE t SET a = (SELECT b FROM u WHERE c = 1)', ['!Changes every row: there is no WHERE.']],
    ['UPDATE t SET "WHERE" = 1', ['!Changes every row: there is no WHERE.']],
    ['UPDATE t SET a = 1 WHERE b = 2', ['Changes rows.']],
    ['DELETE FROM t WHERE 1 = 1', ['!Deletes every row, or none: its WHERE names no column.']],
    ['DELETE FROM t WHERE TRUE OR NOT FALSE', ['!Deletes every row, or none: its WHERE names no column.']],
    ['TRUNCATE TABLE t', ['!Removes every row: TRUNCATE.']],
    ['INSERT OVERWRITE INTO t SELECT 1', ['!Replaces every row that is there: OVERWRITE.']],
    ['INSERT INTO t SELECT 1', []],
    ['MERGE INTO t USING u ON a WHEN MATCHED THEN DELETE', ['!May delete rows: MERGE with DELETE.']],
    ['MERGE INTO t USING u ON a WHEN MATCHED THEN UPDATE SET a = 1', ['May change and add rows: MERGE.']],
  ])('%s', (canonical, risks) => expect(said(canonical)).toEqual(risks));

  it.each([
    [
      'DROP TABLE t',
      'DROP TABLE',
      ['!Removes something for good: DROP.', 'Changes what there is, not only what is in it.'],
    ],
    [
      'ALTER TABLE t DROP COLUMN a',
      'ALTER TABLE',
      ['!Removes something for good: DROP.', 'Changes what there is, not only what is in it.'],
    ],
    [
      'CREATE OR REPLACE TABLE t AS SELECT 1',
      'CREATE TABLE',
      ['!Replaces what is there: OR REPLACE.', 'Changes what there is, not only what is in it.'],
    ],
  ])('%s', (canonical, operation, risks) => expect(said(canonical, operation, 'ddl')).toEqual(risks));

  it('of opening: writing', () => {
    expect(assessRisks({ moment: 'open', access: 'write' } as Approval)).toEqual([
      { severe: false, text: 'Opens a session that may write.' },
    ]);
    expect(assessRisks({ moment: 'open', access: 'read' } as Approval)).toEqual([]);
  });
});
