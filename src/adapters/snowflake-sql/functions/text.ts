import { splitNames, type FunctionFamily } from './family.js';

const pureReason = 'a pure function of its arguments';

/** Functions over strings, binary values and numbers. */
export const text: readonly FunctionFamily[] = [
  {
    name: 'strings and binary values',
    page: 'functions-string',
    reason: pureReason,
    names: splitNames(`
      ASCII BASE64_DECODE_BINARY BASE64_DECODE_STRING BASE64_ENCODE BIT_LENGTH CHAR CHARINDEX CHR COLLATE COLLATION
      COMPRESS CONCAT CONCAT_WS CONTAINS DECOMPRESS_BINARY DECOMPRESS_STRING EDITDISTANCE ENDSWITH
      HEX_DECODE_BINARY HEX_DECODE_STRING HEX_ENCODE ILIKE INITCAP INSERT JAROWINKLER_SIMILARITY LEFT LEN LENGTH
      LIKE LOWER LPAD LTRIM OCTET_LENGTH PARSE_IP PARSE_URL POSITION REPEAT REPLACE REVERSE RIGHT RPAD RTRIM
      RTRIMMED_LENGTH SOUNDEX SOUNDEX_P123 SPACE SPLIT SPLIT_PART STARTSWITH STRTOK STRTOK_TO_ARRAY SUBSTR
      SUBSTRING TRANSLATE TRIM TRY_BASE64_DECODE_BINARY TRY_BASE64_DECODE_STRING TRY_HEX_DECODE_BINARY
      TRY_HEX_DECODE_STRING UNICODE UPPER`),
  },
  {
    name: 'search over given columns',
    page: 'functions-string',
    reason: 'matches a term against columns the statement already reads',
    names: splitNames(`SEARCH SEARCH_IP`),
  },
  {
    name: 'regular expressions',
    page: 'functions-regexp',
    reason: pureReason,
    names: splitNames(`
      REGEXP REGEXP_COUNT REGEXP_EXTRACT_ALL REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR
      REGEXP_SUBSTR_ALL RLIKE`),
  },
  {
    name: 'digests',
    page: 'functions-hash-scalar',
    reason: pureReason,
    names: splitNames(`
      HASH MD5 MD5_BINARY MD5_HEX MD5_NUMBER MD5_NUMBER_LOWER64 MD5_NUMBER_UPPER64 SHA1 SHA1_BINARY SHA1_HEX SHA2
      SHA2_BINARY SHA2_HEX`),
  },
];

/** Functions over numbers, bits, vectors, and the data generators. */
export const numbers: readonly FunctionFamily[] = [
  {
    name: 'arithmetic, rounding and trigonometry',
    page: 'functions-numeric',
    reason: pureReason,
    names: splitNames(`
      ABS ACOS ACOSH ASIN ASINH ATAN ATAN2 ATANH CBRT CEIL CEILING COS COSH COT DEGREES DIV0 DIV0NULL EXP FACTORIAL
      FLOOR HAVERSINE LN LOG MOD PI POW POWER RADIANS ROUND SIGN SIN SINH SQRT SQUARE TAN TANH TRUNC TRUNCATE`),
  },
  {
    name: 'bits',
    page: 'expressions-byte-bit',
    reason: pureReason,
    names: splitNames(`
      BITAND BITNOT BITOR BITSHIFTLEFT BITSHIFTRIGHT BITXOR BIT_AND BIT_NOT BIT_OR BIT_SHIFTLEFT BIT_SHIFTRIGHT
      BIT_XOR GETBIT`),
  },
  {
    name: 'vectors',
    page: 'functions-vector',
    reason: pureReason,
    names: splitNames(`
      VECTOR_AVG VECTOR_COSINE_SIMILARITY VECTOR_INNER_PRODUCT VECTOR_L1_DISTANCE VECTOR_L2_DISTANCE VECTOR_MAX
      VECTOR_MIN VECTOR_NORMALIZE VECTOR_SUM VECTOR_TRUNCATE`),
  },
  {
    name: 'generated data',
    page: 'functions-data-generation',
    reason: 'makes numbers and strings out of nothing; SEQ1 to SEQ8 count rows and touch no sequence object',
    names: splitNames(`NORMAL RANDOM RANDSTR SEQ1 SEQ2 SEQ4 SEQ8 UNIFORM UUID_STRING ZIPF`),
  },
];
