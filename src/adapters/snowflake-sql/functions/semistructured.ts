import { splitNames, type FunctionFamily } from './family.js';

const pureReason = 'a pure function of its arguments';

/** Functions over variants, arrays, objects and maps, and the table functions that unfold them. */
export const semistructured: readonly FunctionFamily[] = [
  {
    name: 'JSON, XML and variants',
    page: 'functions-semistructured',
    reason: pureReason,
    names: splitNames(`
      AS_ARRAY AS_BINARY AS_BOOLEAN AS_CHAR AS_DATE AS_DECIMAL AS_DOUBLE AS_INTEGER AS_NUMBER AS_OBJECT AS_REAL
      AS_TIME AS_TIMESTAMP_LTZ AS_TIMESTAMP_NTZ AS_TIMESTAMP_TZ AS_VARCHAR CHECK_JSON CHECK_XML GET
      GET_IGNORE_CASE GET_PATH IS_ARRAY IS_BINARY IS_BOOLEAN IS_CHAR IS_DATE IS_DATE_VALUE IS_DECIMAL IS_DOUBLE
      IS_INTEGER IS_OBJECT IS_REAL IS_TIME IS_TIMESTAMP_LTZ IS_TIMESTAMP_NTZ IS_TIMESTAMP_TZ IS_VARCHAR
      JSON_EXTRACT_PATH_TEXT PARSE_JSON PARSE_XML STRIP_NULL_VALUE TRY_PARSE_JSON TYPEOF XMLGET`),
  },
  {
    name: 'arrays',
    page: 'functions-semistructured',
    reason: pureReason,
    names: splitNames(`
      ARRAYS_OVERLAP ARRAYS_TO_OBJECT ARRAYS_ZIP ARRAY_APPEND ARRAY_CAT ARRAY_COMPACT ARRAY_CONSTRUCT
      ARRAY_CONSTRUCT_COMPACT ARRAY_CONTAINS ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_FLATTEN ARRAY_GENERATE_RANGE
      ARRAY_INSERT ARRAY_INTERSECTION ARRAY_MAX ARRAY_MIN ARRAY_POSITION ARRAY_PREPEND ARRAY_REMOVE
      ARRAY_REMOVE_AT ARRAY_REPEAT ARRAY_REVERSE ARRAY_SIZE ARRAY_SLICE ARRAY_SORT ARRAY_TO_STRING`),
  },
  {
    name: 'objects and maps',
    page: 'functions-semistructured',
    reason: pureReason,
    names: splitNames(`
      MAP_CAT MAP_CONTAINS_KEY MAP_DELETE MAP_ENTRIES MAP_INSERT MAP_KEYS MAP_PICK MAP_SIZE OBJECT_CONSTRUCT
      OBJECT_CONSTRUCT_KEEP_NULL OBJECT_DELETE OBJECT_INSERT OBJECT_KEYS OBJECT_PICK`),
  },
  {
    name: 'higher-order functions',
    page: 'functions-semistructured',
    reason: 'applies an expression of the same text, judged with it, to each element',
    names: splitNames(`FILTER REDUCE TRANSFORM`),
  },
  {
    name: 'unfolding table functions',
    page: 'functions-table',
    reason: 'turns an argument into rows and reads no table of its own',
    names: splitNames(`FLATTEN GENERATOR SPLIT_TO_TABLE STRTOK_SPLIT_TO_TABLE`),
  },
];
