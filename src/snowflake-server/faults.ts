/** One request, as a fault sees it. */
export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** Of a query. */
  readonly sql?: string;
  /** Of a query: what holds for this statement only. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** How many requests of this path came before. */
  readonly before: number;
}

/** What goes wrong with it. */
export type Fault =
  /** Only this status. */
  | { readonly status: number }
  /** No answer, ever. */
  | { readonly silent: true }
  /** The connection is reset. */
  | { readonly reset: true }
  /** The session's token is over: the driver is to get a new one, and ask again. */
  | { readonly expired: true }
  /** A redirect to elsewhere. */
  | { readonly redirect: string }
  /** An answer that is none. */
  | { readonly body: string }
  /** An answer late by so many milliseconds. */
  | { readonly delayMs: number }
  /** The answer says that the session runs under another role, as after a reconnect that lost its state. */
  | { readonly role: string }
  /** The answer says that another type of statement ran than was sent. */
  | { readonly statementTypeId: number }
  /** What was asked is done, and the connection is reset in place of the answer. */
  | { readonly answerLost: true }
  /** Half of the answer, and then the connection is reset. */
  | { readonly cut: true };

export type Faults = (asked: FaultRequest) => Fault | undefined;
