export { duckdb } from './connector.js';
export type { DuckDBOptions } from './options.js';
