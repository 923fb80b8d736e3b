export type { AnchorLine } from './anchors.js';
export { standingAt, verifier, type Verifier, type VerifyOptions } from './verifier.js';
export { strictObject } from '../reading/strict.js';
export { readMemory } from './memory.js';
export type { AnchoredWriter, ChainReport, KeyReport, Memory, Place, Problem, ProblemKind, Problems, Remembered, RememberedCheckpoint, RememberedWriter, Report, Verdict } from './report.js';
export { readLine, type Line } from '../reading/line.js';
export type { Told } from '../reading/told.js';
export { isScope, isWho } from '../readback.js';
