/** How `sallyport audit` ends; part of its promise. */
export const auditExitCodes = {
  /** All is well. */
  ok: 0,
  /** Verify: tampered with. Reconcile: record and warehouse differ. Show: no such session. */
  wrong: 1,
  /** Verify: part of the log is absent, or could not be checked. */
  incomplete: 2,
  /** The command line is wrong, or an input cannot be read or is empty. */
  input: 3,
} as const;
