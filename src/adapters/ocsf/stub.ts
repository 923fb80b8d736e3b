import { canonical } from './canonical.js';
import { withheld } from './recorded.js';

type Members = Readonly<Record<string, unknown>>;

/** Longest fact that stays. */
const longest = 256;

/**
 * An event without what makes it large: its place in the chain, who, where, how it ended. `metadata.is_truncated` says so (in `unmapped` where OCSF is older than that), and `untruncated_size` is the
 * whole one's size in kilobytes, rounded up. Its fingerprint is still the whole one's, so a verifier can place it, but not prove its content.
 */
export function stubOf(line: string): string {
  const event = JSON.parse(line) as Members & { readonly metadata: Members; readonly unmapped: Members & { readonly sallyport: Members & { readonly data: Members } } };
  const { authorizations: _authorizations, query_info: query, unmapped, ...kept } = event;
  const { data, ...ours } = unmapped.sallyport;
  const cut = { is_truncated: true, untruncated_size: Math.ceil(Buffer.byteLength(line) / 1_000) };
  const early = event.metadata['version'] === '1.1.0' || event.metadata['version'] === '1.3.0';
  return canonical({
    ...kept,
    metadata: early ? event.metadata : { ...event.metadata, ...cut },
    ...(query === undefined ? {} : { query_info: { ...(query as Members), query_string: withheld } }),
    unmapped: { ...unmapped, ...(early ? cut : {}), sallyport: { ...ours, data: Object.fromEntries(Object.entries(data).filter(([, value]) => isShort(value))) } },
  });
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= longest : typeof value !== 'object' || value === null;
}
