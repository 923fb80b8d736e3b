/** How the `sallyport` command ends; the same for every command, and part of its promise. */
export const exitCodes = {
  /** Done; a single statement is allowed. */
  done: 0,
  /** A single statement is denied, or some line of the input could not be used. */
  denied: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** A single statement needs approval. */
  approval: 3,
  /** The command itself failed. */
  failed: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
