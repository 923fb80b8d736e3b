export { verifier, type Verifier, type VerifyOptions } from './verifier.js';
export { readMemory } from './memory.js';
export type { ChainReport, Memory, Place, Problem, ProblemKind, Problems, Remembered, RememberedCheckpoint, RememberedWriter, Report, Verdict } from './report.js';
