export type { AnchorLine } from './anchors.js';
export { resolveLineSource, verifier, type Verifier, type VerifyOptions } from './verifier.js';
export { parseStrictObject } from '../parse/strict-json.js';
export { parseVerifierState } from './verifier-state.js';
export type {
  AnchoredWriter,
  ChainReport,
  KeyReport,
  VerifierState,
  LinePosition,
  Finding,
  FindingKind,
  FindingList,
  RememberedChain,
  RememberedCheckpoint,
  RememberedWriter,
  VerificationReport,
  VerificationVerdict,
} from './report.js';
export { parseLine, type ParsedLine } from '../parse/line.js';
export type { EventClaims } from '../parse/event-claims.js';
export { isScope, isWho } from '../parse-event.js';
