import { expect, it } from 'vitest';
import { wantsStream } from '../../../src/adapters/express/accept.js';

it.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['application/json', false],
  ['text/html', false],
  ['application/x-ndjson', true],
  ['Application/X-NDJSON', true],
  ['application/x-ndjson, application/json', true],
  ['application/json;q=0.9, application/x-ndjson', true],
  ['application/json, application/x-ndjson;q=0.5', false],
  ['application/x-ndjson;q=0', false],
  ['application/x-ndjson; q=nonsense', false],
  ['application/x-ndjson;q=0.1, */*', true],
  [`${'a/b,'.repeat(10_000)}application/x-ndjson`, false],
])('%s: %s', (accept, expected) => {
  expect(wantsStream(accept)).toBe(expected);
});
