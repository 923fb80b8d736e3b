import { canonical } from './canonical.js';
import { plain } from './plain.js';
import type { Members } from './reading/strict.js';
import { withheld } from './recorded.js';

/** Events of so many bytes (UTF-8, without the newline), and smaller ones, are never cut. */
export const largest = 8_192;

/** Longest fact that stays, UTF-16 units. */
const longest = 256;

interface Event extends Members {
  readonly metadata: Members;
  readonly query_info?: unknown;
  readonly unmapped: Members & { readonly sallyport: Members & { readonly data: Members } };
}

/**
 * An event without what makes it large: its place in the chain, who, where, how it ended. `metadata.is_truncated` says so (in `unmapped` where OCSF is older than that), and
 * `untruncated_size` is the whole one's size in kilobytes, rounded up. Its fingerprint is still the whole one's, so a verifier can place it, but not prove its content.
 */
export function stubOf(line: string): string {
  return plain(canonical(stubbed(JSON.parse(line) as Members, Buffer.byteLength(line))));
}

/** The stub of a parsed event whose line has so many bytes. */
export function stubbed(value: Members, size: number): Members {
  const { authorizations: _authorizations, query_info: query, metadata, unmapped, ...kept } = value as Event;
  const { data, ...ours } = unmapped.sallyport;
  const cut = { is_truncated: true, untruncated_size: Math.ceil(size / 1_000) };
  const isEarly = metadata['version'] === '1.1.0' || metadata['version'] === '1.3.0';
  return {
    ...kept,
    metadata: isEarly ? metadata : { ...metadata, ...cut },
    ...(query === undefined ? {} : { query_info: withoutText(query) }),
    unmapped: { ...unmapped, ...(isEarly ? cut : {}), sallyport: { ...ours, data: Object.fromEntries(Object.entries(data).filter(([, each]) => isShort(each))) } },
  };
}

function withoutText(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'query_string' in query ? { ...query, query_string: withheld } : query;
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= longest : typeof value !== 'object' || value === null;
}
