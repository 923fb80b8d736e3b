import { version } from '@duckdb/node-api';
import { AccessError } from '../../core/index.js';

/**
 * Every release of `@duckdb/node-api` is a prerelease to npm (`1.5.6-r.1`), which no ordinary range matches, so the
 * peer range is `*` and the version is checked here.
 * Throws CONFIG_INVALID for a DuckDB older than 1.5, for 2 and newer, and for a version that cannot be read.
 */
export function requireVersion(found: string = version()): void {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(found) ?? [];
  if (major === '1' && Number(minor) >= 5) return;
  throw new AccessError(
    'CONFIG_INVALID',
    `duckdb: @duckdb/node-api brings DuckDB ${found}; 1.5 or newer, below 2, is needed`,
  );
}
