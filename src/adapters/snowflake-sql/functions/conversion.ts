import { splitNames, type FunctionFamily } from './family.js';

const pureReason = 'a pure function of its arguments';

/** Conversions, choices between values, and dates. */
export const conversion: readonly FunctionFamily[] = [
  {
    name: 'conversion',
    page: 'functions-conversion',
    reason: pureReason,
    names: splitNames(`
      CAST TO_ARRAY TO_BINARY TO_BOOLEAN TO_CHAR TO_DATE TO_DECFLOAT TO_DECIMAL TO_DOUBLE TO_GEOGRAPHY TO_GEOMETRY
      TO_JSON TO_NUMBER TO_NUMERIC TO_OBJECT TO_TIME TO_TIMESTAMP TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ
      TO_TIMESTAMP_TZ TO_UUID TO_VARCHAR TO_VARIANT TO_XML
      TRY_CAST TRY_TO_BINARY TRY_TO_BOOLEAN TRY_TO_DATE TRY_TO_DECFLOAT TRY_TO_DECIMAL TRY_TO_DOUBLE
      TRY_TO_GEOGRAPHY TRY_TO_GEOMETRY TRY_TO_NUMBER TRY_TO_NUMERIC TRY_TO_TIME TRY_TO_TIMESTAMP
      TRY_TO_TIMESTAMP_LTZ TRY_TO_TIMESTAMP_NTZ TRY_TO_TIMESTAMP_TZ TRY_TO_UUID`),
  },
  {
    name: 'conditions',
    page: 'expressions-conditional',
    reason: pureReason,
    names: splitNames(`
      BOOLAND BOOLNOT BOOLOR BOOLXOR COALESCE DECODE EQUAL_NULL GREATEST GREATEST_IGNORE_NULLS IFF IFNULL
      IS_NULL_VALUE LEAST LEAST_IGNORE_NULLS NULLIF NULLIFZERO NVL NVL2 ZEROIFNULL`),
  },
];

/** Dates and times. */
export const dates: readonly FunctionFamily[] = [
  {
    name: 'date and time',
    page: 'functions-date-time',
    reason: pureReason,
    names: splitNames(`
      ADD_MONTHS CONVERT_TIMEZONE DATE DATEADD DATEDIFF DATE_FROM_PARTS DATE_PART DATE_TRUNC DATEFROMPARTS DAY
      DAYNAME DAYOFMONTH DAYOFWEEK DAYOFWEEKISO DAYOFWEEK_ISO DAYOFYEAR EXTRACT HOUR LAST_DAY MINUTE MONTH
      MONTHNAME MONTHS_BETWEEN NEXT_DAY PREVIOUS_DAY QUARTER SECOND TIME TIMEADD TIMEDIFF TIMEFROMPARTS
      TIMESTAMPADD TIMESTAMPDIFF TIMESTAMPFROMPARTS TIMESTAMP_FROM_PARTS TIMESTAMP_LTZ_FROM_PARTS
      TIMESTAMP_NTZ_FROM_PARTS TIMESTAMP_TZ_FROM_PARTS TIMESTAMPLTZFROMPARTS TIMESTAMPNTZFROMPARTS
      TIMESTAMPTZFROMPARTS TIME_FROM_PARTS TIME_SLICE WEEK WEEKISO WEEKOFYEAR WEEK_ISO YEAR YEAROFWEEK
      YEAROFWEEKISO`),
  },
];

/** What a session may know about itself: who it acts as, where it stands, what time it is. */
export const context: readonly FunctionFamily[] = [
  {
    name: 'the clock',
    page: 'functions-context',
    reason: 'tells the time',
    names: splitNames(`
      CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP GETDATE LOCALTIME LOCALTIMESTAMP SYSDATE SYSTIMESTAMP`),
  },
  {
    name: 'the session itself',
    page: 'functions-context',
    reason:
      'repeats what the caller was told when the session opened, or its own text; analysts use it to stamp and filter rows',
    names: splitNames(`
      CURRENT_DATABASE CURRENT_ROLE CURRENT_SCHEMA CURRENT_SCHEMAS CURRENT_STATEMENT CURRENT_USER CURRENT_VERSION
      CURRENT_WAREHOUSE`),
  },
];
