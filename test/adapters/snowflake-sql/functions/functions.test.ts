import { describe, expect, it } from 'vitest';
import {
  allowedFamilies,
  excludedFamilies,
  isBuiltin,
  isPatternFunction,
  findExclusionReason,
} from '../../../../src/adapters/snowflake-sql/functions/index.js';

const allowedNames = allowedFamilies.flatMap((family) => family.names);
const excludedNames = excludedFamilies.flatMap((family) => family.names);

describe('built-in functions', () => {
  it('are spelt as Snowflake stores them, each once', () => {
    for (const name of [...allowedNames, ...excludedNames]) expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(allowedNames.filter((name, at) => allowedNames.indexOf(name) !== at)).toEqual([]);
    expect(excludedNames.filter((name, at) => excludedNames.indexOf(name) !== at)).toEqual([]);
  });

  it('are never of an excluded family', () => {
    expect(allowedNames.filter((name) => findExclusionReason(name) !== undefined)).toEqual([]);
    expect(allowedNames.every(isBuiltin)).toBe(true);
    expect(excludedNames.filter(isBuiltin)).toEqual([]);
  });

  it('have a reason and a page for each family', () => {
    for (const family of [...allowedFamilies, ...excludedFamilies]) {
      expect(family.reason.length).toBeGreaterThan(8);
      expect(family.page).toMatch(/^[a-z/_-]+$/);
    }
  });

  it.each([
    'SYSTEM$CANCEL_ALL_QUERIES',
    'SYSTEM$TYPEOF',
    'AI_COMPLETE',
    'AI_SOMETHING_NEW',
    'COMPLETE',
    'EMBED_TEXT_768',
    'RESULT_SCAN',
    'LAST_QUERY_ID',
    'TO_QUERY',
    'GET_PRESIGNED_URL',
    'BUILD_SCOPED_FILE_URL',
    'GET_STAGE_LOCATION',
    'FL_GET_SIZE',
    'GET_DDL',
    'QUERY_HISTORY_BY_USER',
    'TASK_HISTORY',
    'POLICY_REFERENCES',
    'TAG_REFERENCES_ALL_COLUMNS',
    'WAREHOUSE_METERING_HISTORY',
    'VALIDATE',
    'INFER_SCHEMA',
    'IS_ROLE_IN_SESSION',
    'INVOKER_SHARE',
    'CURRENT_IP_ADDRESS',
    'CURRENT_ACCOUNT_NAME',
    'ALL_USER_NAMES',
    'GETNEXTVAL',
    'DECRYPT',
    'GETVARIABLE',
    'EXTRACT_SEMANTIC_CATEGORIES',
  ])('%s is refused with its reason', (name) => {
    expect(isBuiltin(name)).toBe(false);
    expect(findExclusionReason(name)).toMatch(/\w+ \w+/);
  });

  it('row references of MATCH_RECOGNIZE are built-ins in that clause only', () => {
    expect(['FIRST', 'LAST', 'NEXT', 'PREV'].map(isPatternFunction)).toEqual([true, true, true, true]);
    expect(['FIRST', 'LAST', 'NEXT', 'PREV'].some(isBuiltin)).toBe(false);
    expect(isPatternFunction('COUNT')).toBe(false);
  });

  it.each([
    'push_to_ads',
    'PUSH_TO_ADS',
    'count',
    ' COUNT',
    'COUNT ',
    'CONSTRUCTOR',
    '__PROTO__',
    '',
    'toString',
    'ſUM',
  ])('an unknown or mis-spelt name is no built-in: %j', (name) => {
    expect(isBuiltin(name)).toBe(false);
  });

  it.each([
    'COUNT',
    'LISTAGG',
    'IFF',
    'NVL2',
    'DECODE',
    'TRY_CAST',
    'EXTRACT',
    'DATE_TRUNC',
    'DATEDIFF',
    'FLATTEN',
    'GENERATOR',
    'SPLIT_TO_TABLE',
    'OBJECT_CONSTRUCT',
    'REGEXP_SUBSTR',
    'APPROX_TOP_K',
    'HLL_ESTIMATE',
    'ST_DWITHIN',
    'H3_LATLNG_TO_CELL',
    'FILTER',
    'REDUCE',
    'CURRENT_TIMESTAMP',
    'CURRENT_USER',
    'INSERT',
    'REPLACE',
    'TRUNCATE',
    'MAP_KEYS',
    'VECTOR_L2_DISTANCE',
  ])('%s may be called', (name) => {
    expect(isBuiltin(name)).toBe(true);
    expect(findExclusionReason(name)).toBeUndefined();
  });
});
