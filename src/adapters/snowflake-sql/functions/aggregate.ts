import { splitNames, type FunctionFamily } from './family.js';

const rowsReason = 'computes from the rows the statement already reads';

/** Functions over groups of rows. */
export const aggregates: readonly FunctionFamily[] = [
  {
    name: 'general aggregates',
    page: 'functions-aggregation',
    reason: rowsReason,
    names: splitNames(`
      AGG ANY_VALUE ARRAYAGG ARRAY_AGG ARRAY_UNION_AGG ARRAY_UNIQUE_AGG AVG BOOLAND_AGG BOOLOR_AGG BOOLXOR_AGG
      CORR COUNT COUNT_IF COVAR_POP COVAR_SAMP GROUPING GROUPING_ID HASH_AGG KURTOSIS LISTAGG MAX MAX_BY MEDIAN
      MIN MIN_BY MODE OBJECTAGG OBJECT_AGG PERCENTILE_CONT PERCENTILE_DISC SKEW STDDEV STDDEV_POP STDDEV_SAMP SUM
      VARIANCE VARIANCE_POP VARIANCE_SAMP VAR_POP VAR_SAMP`),
  },
  {
    name: 'linear regression',
    page: 'functions-aggregation',
    reason: rowsReason,
    names: splitNames(`
      REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY REGR_VALX REGR_VALY`),
  },
  {
    name: 'bitwise aggregates',
    page: 'functions-aggregation',
    reason: rowsReason,
    names: splitNames(`
      BITANDAGG BITAND_AGG BIT_ANDAGG BIT_AND_AGG BITORAGG BITOR_AGG BIT_ORAGG BIT_OR_AGG BITXORAGG BITXOR_AGG
      BIT_XORAGG BIT_XOR_AGG`),
  },
  {
    name: 'estimates of cardinality, frequency, percentile and similarity',
    page: 'functions-aggregation',
    reason: rowsReason,
    names: splitNames(`
      APPROXIMATE_COUNT_DISTINCT APPROXIMATE_JACCARD_INDEX APPROXIMATE_SIMILARITY APPROX_COUNT_DISTINCT
      APPROX_PERCENTILE APPROX_PERCENTILE_ACCUMULATE APPROX_PERCENTILE_COMBINE APPROX_PERCENTILE_ESTIMATE
      APPROX_TOP_K APPROX_TOP_K_ACCUMULATE APPROX_TOP_K_COMBINE APPROX_TOP_K_ESTIMATE
      DATASKETCHES_HLL DATASKETCHES_HLL_ACCUMULATE DATASKETCHES_HLL_COMBINE DATASKETCHES_HLL_ESTIMATE
      HLL HLL_ACCUMULATE HLL_COMBINE HLL_ESTIMATE HLL_EXPORT HLL_IMPORT MINHASH MINHASH_COMBINE`),
  },
  {
    name: 'bitmaps for counting distinct values',
    page: 'functions-aggregation',
    reason: rowsReason,
    names: splitNames(`
      BITMAP_ABSOLUTE_POSITION BITMAP_AND BITMAP_AND_AGG BITMAP_BIT_POSITION BITMAP_BUCKET_NUMBER
      BITMAP_CONSTRUCT_AGG BITMAP_COUNT BITMAP_OR BITMAP_OR_AGG BITMAP_TO_ARRAY`),
  },
  {
    name: 'noise bounds of differential privacy',
    page: 'functions-differential-privacy',
    reason: 'reports the noise interval of an aggregate in the same statement',
    names: splitNames(`DP_INTERVAL_HIGH DP_INTERVAL_LOW`),
  },
];

/** Functions that need an OVER clause. */
export const windows: readonly FunctionFamily[] = [
  {
    name: 'window functions',
    page: 'functions-window',
    reason: rowsReason,
    names: splitNames(`
      CONDITIONAL_CHANGE_EVENT CONDITIONAL_TRUE_EVENT CUME_DIST DENSE_RANK FIRST_VALUE INTERPOLATE_BFILL
      INTERPOLATE_FFILL INTERPOLATE_LINEAR LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENT_RANK RANK
      RATIO_TO_REPORT ROW_NUMBER WIDTH_BUCKET`),
  },
  {
    name: 'row patterns and hierarchies',
    page: 'constructs/match_recognize',
    reason: 'names a row of the match or a step of CONNECT BY in the same statement',
    names: splitNames(`CLASSIFIER MATCH_NUMBER MATCH_SEQUENCE_NUMBER SYS_CONNECT_BY_PATH`),
  },
];
