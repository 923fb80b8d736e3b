/** How the `sallyport` command ends; the same for every command, and part of its promise. */
export const exitCodes = {
  /** Done; a single statement is allowed; what was waited for was approved. */
  done: 0,
  /**
   * A single statement is denied, some line of the input could not be used, the gateway said no, what was waited for
   * will not be, or a doctor found something or could not see it.
   */
  denied: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** A single statement needs approval, or still waits for it. */
  approval: 3,
  /** The command itself failed. */
  failed: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for is refused; the message is fit for a terminal. */
export class RequestRefusedError extends Error {
  override readonly name = 'RefusedError';
  /** Where the gateway refused. */
  readonly status: number | undefined;
  /** Its reason, for programs. */
  readonly reason: string | undefined;

  constructor(message: string, { status, reason }: { readonly status?: number; readonly reason?: string } = {}) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}
