import { version } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { requireVersion } from '../../../src/adapters/duckdb/version.js';

it.each([version(), 'v1.5.0', 'v1.5.6', '1.10.2'])('takes DuckDB %s', (found) => {
  expect(() => requireVersion(found)).not.toThrow();
});

it.each(['v1.4.4', 'v1.4.10', 'v0.10.2', 'v2.0.0', 'v11.5.0', '', 'main', '1'])(
  'refuses DuckDB "%s" with CONFIG_INVALID',
  (found) => {
    expect(() => requireVersion(found)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('1.5 or newer') as unknown }),
    );
  },
);
