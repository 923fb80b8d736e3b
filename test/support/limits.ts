/**
 * Limits over time that a test or a bench never meets: one agent that asks as fast as it can is all the load there is.
 */
export const unlimited = {
  requestsPerCaller: 1_000_000_000,
  requestBurstPerCaller: 1_000_000_000,
  refusalsPerCaller: 1_000_000_000,
  inFlightPerCaller: 1_000_000,
} as const;
