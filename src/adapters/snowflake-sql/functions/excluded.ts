import { splitNames, type ExcludedFunctionFamily } from './family.js';

/**
 * Families that are never called unasked, with the reason an agent is given. The allow-list alone decides what is a
 * built-in; this list explains, and wins over the allow-list should the two ever meet.
 */
export const excluded: readonly ExcludedFunctionFamily[] = [
  {
    name: 'system functions',
    page: 'functions-system',
    reason: 'SYSTEM$ functions cancel queries, change state, explain text or report on the account',
    prefixes: ['SYSTEM$'],
    names: [],
  },
  {
    name: 'models',
    page: 'functions-ai',
    reason: 'sends data to a model, and is paid by use',
    prefixes: ['AI_', 'EMBED_TEXT_', 'EMBED_IMAGE_', 'CORTEX_'],
    names: splitNames(`
      AGENT_RUN CLASSIFY_TEXT COMPLETE COUNT_TOKENS DATA_AGENT_RUN ENTITY_SENTIMENT EXECUTE_AI_EVALUATION
      EXTRACT_ANSWER EXTRACT_SEMANTIC_CATEGORIES FINETUNE GENERATE_COLUMN_DESCRIPTION PARSE_DOCUMENT PROMPT
      SEARCH_PREVIEW SENTIMENT SPLIT_TEXT_MARKDOWN_HEADER SPLIT_TEXT_RECURSIVE_CHARACTER SUMMARIZE TRY_COMPLETE`),
  },
  {
    name: 'model monitors',
    page: 'functions-model-monitors',
    reason: 'reads a monitor, and the tables behind it, by a name in a string',
    prefixes: ['MODEL_MONITOR_'],
    names: [],
  },
  {
    name: 'earlier results',
    page: 'functions-table',
    reason: 'reads what other statements returned, whatever they were allowed to read',
    names: splitNames(`BIND_VALUES GET_QUERY_OPERATOR_STATS LAST_QUERY_ID LAST_TRANSACTION RESULT_SCAN`),
  },
  {
    name: 'text as SQL',
    page: 'functions-table',
    reason: 'compiles or explains a string that was never judged',
    names: splitNames(`EXPLAIN_JSON IDENTIFIER TO_QUERY`),
  },
  {
    name: 'files and stages',
    page: 'functions-file',
    reason: 'reads files, or makes a link through which data leaves',
    prefixes: ['FL_'],
    names: splitNames(`
      BUILD_SCOPED_FILE_URL BUILD_STAGE_FILE_URL DIRECTORY GET_ABSOLUTE_PATH GET_PRESIGNED_URL GET_RELATIVE_PATH
      GET_STAGE_LOCATION INFER_SCHEMA TO_FILE TRY_TO_FILE VALIDATE`),
  },
  {
    name: 'definitions and references',
    page: 'functions-metadata',
    reason: 'reveals definitions, lineage or references by a name in a string, whatever its schema',
    names: splitNames(`
      GET_ANACONDA_PACKAGES_REPODATA GET_CONDITION_QUERY_UUID GET_CONTACTS GET_DDL GET_LINEAGE GET_OBJECT_REFERENCES
      GET_PYTHON_PROFILER_OUTPUT SHOW_PYTHON_PACKAGES_DEPENDENCIES`),
  },
  {
    name: 'Information Schema table functions',
    page: 'info-schema',
    reason: 'reports on the account beyond the scope: statements, logins, loads, costs, policies',
    prefixes: [
      'DATABASE_REFRESH_',
      'DATA_METRIC_',
      'DATA_QUALITY_',
      'DYNAMIC_TABLE',
      'EXTERNAL_TABLE_FILE',
      'LOGIN_HISTORY',
      'QUERY_HISTORY',
      'REPLICATION_GROUP_',
      'TAG_REFERENCES',
      'TASK_',
    ],
    suffixes: ['_HISTORY', '_REFERENCES', '_TASK_GRAPHS', '_USAGE'],
    names: splitNames(`AVAILABLE_LISTINGS ICEBERG_TABLE_FILES POLICY_REFERENCES VALIDATE_PIPE_LOAD`),
  },
  {
    name: 'account and network',
    page: 'functions-context',
    reason: 'names the account, its users, roles, sessions or network, which the scope does not need',
    prefixes: ['CURRENT_ACCOUNT', 'CURRENT_ORGANIZATION', 'IS_ORGANIZATION_USER'],
    names: splitNames(`
      ALL_USER_NAMES CURRENT_AVAILABLE_ROLES CURRENT_CLIENT CURRENT_IP_ADDRESS CURRENT_REGION CURRENT_ROLE_TYPE
      CURRENT_SECONDARY_ROLES CURRENT_SESSION CURRENT_TRANSACTION GETVARIABLE`),
  },
  {
    name: 'policy context',
    page: 'functions-context',
    reason: 'probes which roles and shares a session holds; it belongs in policies, not in queries',
    prefixes: ['INVOKER_', 'IS_GRANTED_TO_', 'POLICY_CONTEXT'],
    names: splitNames(`
      IS_APPLICATION_ROLE_ACTIVATED IS_APPLICATION_ROLE_IN_SESSION IS_DATABASE_ROLE_IN_SESSION
      IS_INSTANCE_ROLE_IN_SESSION IS_ROLE_IN_SESSION`),
  },
  {
    name: 'data quality and privacy budgets',
    page: 'functions-data-metric',
    reason: 'measures a table named in an argument, or reports privacy budgets and schedules beyond the scope',
    names: splitNames(`
      BLANK_COUNT BLANK_PERCENT CUMULATIVE_PRIVACY_LOSSES DUPLICATE_COUNT ESTIMATE_REMAINING_DP_AGGREGATES FRESHNESS
      LAST_SUCCESSFUL_SCHEDULED_TIME NULL_COUNT NULL_PERCENT ROW_COUNT SCHEDULED_TIME UNIQUE_COUNT`),
  },
  {
    name: 'sequences',
    page: 'functions-table',
    reason: 'moves a sequence on, which is a change',
    names: splitNames(`GETNEXTVAL NEXTVAL`),
  },
  {
    name: 'encryption',
    page: 'functions-encryption',
    reason: 'puts a passphrase into a text that is recorded, and hides what was read from the record',
    names: splitNames(`DECRYPT DECRYPT_RAW ENCRYPT ENCRYPT_RAW TRY_DECRYPT TRY_DECRYPT_RAW`),
  },
  {
    name: 'credentials and messages',
    page: 'functions-notification',
    reason: 'mints a credential or prepares a message to somebody outside',
    prefixes: [
      'APPLICATION_JSON',
      'EMAIL_INTEGRATION_',
      'GENERATE_POSTGRES_',
      'SANITIZE_WEBHOOK_',
      'SNOWFLAKE_NOTIFICATION',
    ],
    names: splitNames(`INTEGRATION TEXT_HTML TEXT_PLAIN`),
  },
];
