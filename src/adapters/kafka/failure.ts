/**
 * What a refusal says of the message: too large, of no use as it is, or nothing, because the broker or the way to it is
 * at fault.
 */
export type Blame = 'large' | 'message' | 'other';

/**
 * Kafka's error codes (kafka.apache.org/protocol, error codes) that the same message would meet again; all others may
 * pass.
 */
const blameByCode: Readonly<Record<string, Blame>> = {
  MESSAGE_TOO_LARGE: 'large',
  RECORD_LIST_TOO_LARGE: 'large',
  INVALID_RECORD: 'message',
  INVALID_TIMESTAMP: 'message',
};

export interface KafkaFailure {
  readonly blame: Blame;
  /** A code or the name of an error, never its text: that may hold addresses and names. */
  readonly reason: string;
}

/** Reads an error of kafkajs, or of a client like it: the protocol's code stands in `type`, somewhere along `cause`. */
export function classifyFailure(error: unknown): KafkaFailure {
  let name = 'unknown';
  let next: unknown = error;
  for (let depth = 0; depth < 8 && typeof next === 'object' && next !== null; depth += 1) {
    const {
      type,
      name: its,
      cause,
      originalError,
    } = next as {
      readonly type?: unknown;
      readonly name?: unknown;
      readonly cause?: unknown;
      readonly originalError?: unknown;
    };
    if (typeof type === 'string' && /^[A-Z_]{3,64}$/.test(type))
      return { blame: blameByCode[type] ?? 'other', reason: type };
    if (typeof its === 'string' && /^\w{3,64}$/.test(its)) name = its;
    next = cause ?? originalError;
  }
  return { blame: 'other', reason: name };
}
