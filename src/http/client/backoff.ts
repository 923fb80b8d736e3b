const [initialMs, maxBackoffMs, maxRetryAfterMs] = [250, 10_000, 30_000];

/**
 * Milliseconds before try number `tries` (from 0) is repeated: twice as long each time, half of it by chance; at least
 * as long as the receiver asks for, up to 30 s.
 */
export function computeBackoff(tries: number, asked = 0): number {
  const own = Math.min(initialMs * 2 ** tries, maxBackoffMs) * (0.5 + Math.random() / 2);
  return Math.max(own, Math.min(asked, maxRetryAfterMs));
}

/** A `Retry-After` in milliseconds (RFC 9110 §10.2.3: seconds, or a date); undefined for what is neither. */
export function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
