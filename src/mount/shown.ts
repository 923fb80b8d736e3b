import type { Denied, Explanation, Pending, SessionState } from '../core/index.js';

/** ISO 8601. */
export function timeShown(at: number): string {
  return new Date(at).toISOString();
}

/** A session as it is answered. */
export function sessionShown({ openedAt, expiresAt, ...session }: SessionState) {
  return { ...session, openedAt: timeShown(openedAt), expiresAt: timeShown(expiresAt) };
}

/** An explanation as it is answered. */
export function explanationShown({ denied, ...explanation }: Explanation) {
  return { ...explanation, ...(denied === undefined ? {} : { denied: denialShown(denied) }) };
}

function denialShown({ code, reason, message, hint }: Denied) {
  return { code, reason, detail: message, hint };
}

/** A request that waits for a person, as it is answered. */
export function pendingShown({ ticket, message, expiresAt, binding }: Pending) {
  return { status: 'pending', ticket, message, expiresAt: timeShown(expiresAt), ...(binding === undefined ? {} : { digest: binding }) };
}
