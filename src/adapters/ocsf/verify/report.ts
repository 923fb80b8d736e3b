/** What a log is found to be: whole, changed by someone, or not all there. */
export type VerificationVerdict = 'ok' | 'tampered' | 'incomplete';

/** Where a line stands. */
export interface LinePosition {
  /** A file, or a topic and its partition. */
  readonly source: string;
  /** From 1; the offset of a topic. */
  readonly line: number;
  /** Lines that name the same log were read in the order in which it was written: then order is checked too. */
  readonly log?: string;
  /**
   * Lines that name the same partition came to it by rising numbers, but for those that come again: a part of a log,
   * whose other parts are elsewhere.
   */
  readonly partition?: string;
}

export type FindingKind =
  /** The content is not what its fingerprint says. */
  | 'altered'
  /** Two contents with one number. */
  | 'fork'
  /** Numbers are missing between events that are there. */
  | 'gap'
  /** It does not follow from the event before it. */
  | 'link'
  /** It says it begins a chain that had begun. */
  | 'restart'
  /** It stands in another place than it was written in. */
  | 'reordered'
  /** A line that is no event, checkpoint or text, or an event outside any chain. */
  | 'foreign'
  /** A checkpoint names another event than the one that is there: the chain was written anew. */
  | 'rewritten'
  /** A checkpoint, a later chain or the verifier's memory names an event that is absent: the end was cut off. */
  | 'cut'
  /** A chain goes on behind the end that its successor names. */
  | 'appended'
  /** A checkpoint's signature does not hold. */
  | 'signature'
  /** A checkpoint's key is unknown, not valid at its time, or was replaced before. */
  | 'key'
  /** A checkpoint does not follow from the one before it, or that one is absent. */
  | 'checkpoint'
  /** A checkpoint seals what was sealed before, or was made before its predecessor. */
  | 'resealed'
  /** The beginning of a chain is absent, as retention leaves it. */
  | 'start'
  /** All of a chain is absent. */
  | 'missing'
  /** A last line that was not written to its end. */
  | 'torn'
  /** A line that stands in its log twice. */
  | 'copied'
  /** What stands for an event that was too large: not for the one that is here, or for one that is not. */
  | 'stub'
  /** The text of a statement that is not what its event says, or is absent. */
  | 'text'
  /** An event is later than the first checkpoint over it. */
  | 'time'
  /** A checkpoint that was anchored is absent. */
  | 'anchor'
  /** What should be sealed is not. */
  | 'unsealed'
  /** It could not be checked: no keys, or it came too late to be compared. */
  | 'unchecked';

export interface Finding {
  readonly kind: FindingKind;
  readonly verdict: Exclude<VerificationVerdict, 'ok'>;
  /** For people; may hold names from the log: strip control characters before printing. */
  readonly message: string;
  readonly place?: LinePosition;
  /** The chain, where it is absent itself and so has no report. */
  readonly chain?: string;
  readonly sequence?: number;
  readonly id?: string;
  readonly code?: string;
  /** Epoch milliseconds. */
  readonly at?: number;
}

/** The first problems, and how many more there are. */
export interface FindingList {
  readonly problems: readonly Finding[];
  readonly more: number;
}

export interface ChainReport extends FindingList {
  readonly chain: string;
  readonly authority: string;
  readonly verdict: VerificationVerdict;
  /** The first and last number that are there; absent for a chain without events. */
  readonly first?: number;
  readonly last?: number;
  /** Epoch milliseconds of those. */
  readonly from?: number;
  readonly to?: number;
  /** Fingerprint of the last. */
  readonly head?: string;
  /** Events, each counted once. */
  readonly events: number;
  /** The same event, or its stub, again, outside a log: harmless. */
  readonly duplicates: number;
  /** Stubs of which only the place in the chain is proven, not the content. */
  readonly truncated: number;
  readonly checkpoints: number;
  /** The highest number that a signature vouches for; 0 for none. */
  readonly sealed: number;
  /** When the last good checkpoint was made, epoch milliseconds. */
  readonly sealedAt?: number;
  /** Events that no signature vouches for: whoever can write the log could have changed them. */
  readonly unsealed: number;
  /** The last event is the writer's orderly end. */
  readonly closed: boolean;
  /** Key ids that signed its checkpoints. */
  readonly keys: readonly string[];
}

/** What is known of a key after a verification. Times are epoch milliseconds. */
export interface KeyReport {
  readonly kid: string;
  /** It was given; otherwise a writer announced it under a key that is trusted. */
  readonly given: boolean;
  /** It may sign for this writer only; absent for one that is not bound. */
  readonly authority?: string;
  /** It may sign from then on, and before then; absent where nothing is said. */
  readonly from?: number;
  readonly until?: number;
  /** How many good checkpoints it signed, and when the last of them was made. */
  readonly signed: number;
  readonly last?: number;
}

/** The last good checkpoint of a writer that was anchored, and is in the record. */
export interface AnchoredWriter {
  readonly authority: string;
  /** Epoch milliseconds: nothing that it seals can be changed unseen. */
  readonly at: number;
  readonly chain: string;
  readonly seq: number;
}

export interface VerificationReport extends FindingList {
  readonly verdict: VerificationVerdict;
  readonly chains: readonly ChainReport[];
  /** The keys that were given, and those that were announced under them. */
  readonly keys: readonly KeyReport[];
  /** Absent where no anchors were given. */
  readonly anchored?: readonly AnchoredWriter[];
  readonly events: number;
  readonly duplicates: number;
  readonly texts: number;
  /** Checkpoints and texts that came again outside a log: harmless. */
  readonly again: number;
  readonly checkpoints: number;
  /** Statements that were announced and have no outcome. */
  readonly openIntents: number;
  /** Some of them, at most 20. */
  readonly open: readonly string[];
  /** Outcomes whose announcement is not there. */
  readonly unannounced: number;
  /** To be remembered for the next time; absent where the log was tampered with. */
  readonly memory?: VerifierState;
}

/** What was verified once, so that it cannot silently go away. */
export interface VerifierState {
  readonly v: 1;
  readonly chains: Readonly<Record<string, RememberedChain>>;
  readonly authorities: Readonly<Record<string, RememberedWriter>>;
}

export interface RememberedChain {
  readonly seq: number;
  /** Fingerprint of that event. */
  readonly head: string;
}

export interface RememberedWriter {
  /** The newest chain. */
  readonly latest: string;
  /** The last checkpoint of each of its logs. */
  readonly checkpoints: readonly RememberedCheckpoint[];
}

export interface RememberedCheckpoint {
  /** SHA-256 (hex) of the compact JWS. */
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
