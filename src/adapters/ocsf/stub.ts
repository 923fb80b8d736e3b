import { canonicalize } from './canonical.js';
import { escapeInvisible } from './escape-invisible.js';
import type { JsonMembers } from './parse/strict-json.js';
import { withheldText } from './recordable-data.js';

/** Events of so many bytes (UTF-8, without the newline), and smaller ones, are never cut. */
export const maxUnstubbedBytes = 8_192;

/** Longest fact that stays, UTF-16 units. */
const maxValueLength = 256;

interface Event extends JsonMembers {
  readonly metadata: JsonMembers;
  readonly query_info?: unknown;
  readonly unmapped: JsonMembers & { readonly sallyport: JsonMembers & { readonly data: JsonMembers } };
}

/**
 * An event without what makes it large: its place in the chain, who, where, how it ended. `metadata.is_truncated` says
 * so (in `unmapped` where OCSF is older than that), and
 * `untruncated_size` is the whole one's size in kilobytes, rounded up. Its fingerprint is still the whole one's, so a
 * verifier can place it, but not prove its content.
 */
export function createStub(line: string): string {
  return escapeInvisible(canonicalize(reduceToStub(JSON.parse(line) as JsonMembers, Buffer.byteLength(line))));
}

/** The stub of a parsed event whose line has so many bytes. */
export function reduceToStub(value: JsonMembers, size: number): JsonMembers {
  const { authorizations: _authorizations, query_info: query, metadata, unmapped, ...kept } = value as Event;
  const { data, ...ours } = unmapped.sallyport;
  const cut = { is_truncated: true, untruncated_size: Math.ceil(size / 1_000) };
  const isEarly = metadata['version'] === '1.1.0' || metadata['version'] === '1.3.0';
  return {
    ...kept,
    metadata: isEarly ? metadata : { ...metadata, ...cut },
    ...(query === undefined ? {} : { query_info: withholdText(query) }),
    unmapped: {
      ...unmapped,
      ...(isEarly ? cut : {}),
      sallyport: { ...ours, data: Object.fromEntries(Object.entries(data).filter(([, each]) => isShort(each))) },
    },
  };
}

function withholdText(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'query_string' in query
    ? { ...query, query_string: withheldText }
    : query;
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= maxValueLength : typeof value !== 'object' || value === null;
}
