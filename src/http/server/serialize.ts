import type { Denied, Explanation, Pending, SessionState } from '../../core/index.js';

/** ISO 8601. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}

/** A session as it is answered. */
export function serializeSession({ openedAt, expiresAt, ...session }: SessionState) {
  return { ...session, openedAt: formatTime(openedAt), expiresAt: formatTime(expiresAt) };
}

/** An explanation as it is answered. */
export function serializeExplanation({ denied, ...explanation }: Explanation) {
  return { ...explanation, ...(denied === undefined ? {} : { denied: serializeDenial(denied) }) };
}

function serializeDenial({ code, reason, message, hint }: Denied) {
  return { code, reason, detail: message, hint };
}

/** A request that waits for a person, as it is answered. */
export function serializePending({ ticket, message, expiresAt, binding }: Pending) {
  return {
    status: 'pending',
    ticket,
    message,
    expiresAt: formatTime(expiresAt),
    ...(binding === undefined ? {} : { digest: binding }),
  };
}
