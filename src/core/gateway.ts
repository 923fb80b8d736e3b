import type { Reinstated, Suspended, Suspension } from './approvals/suspension.js';
import type { ApprovalView, BreakGlassReview } from './approvals/view.js';
import type { Access, Identity, Obligation, Rewriter, StatementKind } from './model.js';
import type { AccessError, FaultCode } from './errors.js';
import type { Denied, Outcome } from './outcome.js';
import type { CatalogueObject, Column, RecordPage, Row } from './ports.js';
import type {
  Caller,
  IdentifyRequest,
  OpenRequest,
  RunRequest,
  SessionRequest,
  RecordRequest,
  ExplainRequest,
  ApprovalsRequest,
  ApprovalRead,
  DecisionRequest,
  RevokeRequest,
  SignRequest,
  SuspendRequest,
  ReinstateRequest,
} from './request/requests.js';

export type * from './request/requests.js';

export type EndReason = 'agent' | 'deadline' | 'revoked' | 'shutdown' | 'fault';

/** A session as its owner sees it. Times are epoch milliseconds. */
export interface SessionState {
  readonly id: string;
  readonly connection: string;
  readonly engine: string;
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly access: Access;
  readonly state: 'open' | 'closing' | 'closed';
  readonly principal: string;
  readonly actor: string;
  readonly reason: string;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly breakGlass?: true;
  readonly endedBy?: EndReason;
}

/** How much of a result was handed out. */
export interface RowDelivery {
  readonly rows: number;
  /** As JSON, about. */
  readonly bytes: number;
  /** True when a row or byte cap cut the result, or whoever took the rows wanted no more of them. */
  readonly truncated: boolean;
}

/**
 * Takes a batch and hands it on. `sent` is told of the rows that went out, as they go: these are counted, and no
 * others. Answers false where
 * it takes no more, though there may be more: the result is then `truncated`.
 */
export type RowConsumer = (
  batch: readonly Row[],
  sent: (rows: readonly Row[]) => void,
) => boolean | void | Promise<boolean | void>;

/** What was learnt afterwards of rows that were counted as handed out. */
export interface DeliveryCorrection {
  /** All that went out, of the whole result. */
  readonly rows: number;
  /** As JSON, about. */
  readonly bytes: number;
  readonly truncated: boolean;
  /** Why no more went out. */
  readonly code?: FaultCode;
}

/**
 * A statement that ran. Its rows are taken once: by `batches`, where a batch that was taken counts as handed out whole,
 * or by `deliver`. Both
 * throw an AccessError when the session ends before the rows do.
 */
export interface StatementResult {
  readonly statement: string;
  readonly kind: StatementKind;
  readonly operation: string;
  readonly queryId: string;
  readonly columns: readonly Column[];
  readonly batches: AsyncIterable<readonly Row[]>;
  /** Rows changed, for a write. */
  readonly affected?: number;
  /**
   * True where it ran before, under the same ticket or key: `statement` and `queryId` are of then, and its rows are not
   * kept.
   */
  readonly replayed?: true;
  /**
   * Takes all rows in batches and counts what is really handed on. Throws what `hand` throws, after what was counted is
   * in the record.
   */
  deliver(hand: RowConsumer): Promise<RowDelivery>;
  /**
   * Tells the record that another number of rows went out than it was told before. Resolves when that is durable;
   * throws AUDIT_UNAVAILABLE.
   */
  recount(delivery: DeliveryCorrection): Promise<void>;
  /** Final figures once the rows are all taken or released; undefined before. */
  delivery(): RowDelivery | undefined;
}

/** A statement's text, and what it is. */
export interface ExplainedText {
  readonly kind: StatementKind;
  readonly operation: string;
  readonly canonical: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * What would happen, with nothing run. The text is the one that would run; where the decision is `deny`, the one that
 * was asked for.
 */
export interface Explanation extends ExplainedText {
  readonly decision: 'allow' | 'approval' | 'deny';
  readonly functions: readonly string[];
  /** Present where plugins rewrote the statement: who, in order. */
  readonly rewrites?: readonly Rewriter[];
  /** Where plugins rewrote the statement and it would run: what was asked for. */
  readonly asked?: ExplainedText;
  /** Where plugins rewrote the statement and the decision is `deny`: what they made of it. */
  readonly rewritten?: ExplainedText;
  readonly rules: readonly string[];
  readonly policyVersion?: string;
  readonly obligations: readonly Obligation[];
  /** Present when the decision is `deny`. */
  readonly denied?: Denied;
}

export interface ConnectionInfo {
  readonly name: string;
  readonly engine: string;
  readonly schemas: readonly { readonly schema: string; readonly access: readonly Access[] }[];
}

/** What a statement on an object would meet: it runs, a person must agree first, or it is denied. */
export type AccessEffect = 'allow' | 'approval' | 'deny';

/** An object that the policy lets this caller know of. */
export interface DescribedObject extends CatalogueObject {
  /** `DATABASE.SCHEMA.NAME`, as statements may write it. */
  readonly name: string;
  readonly read: AccessEffect;
  /** `deny` in a session for reading. */
  readonly write: AccessEffect;
}

/** The schema of a session, as far as the policy lets its owner see it. */
export interface Description {
  /** The id of this look in the record. */
  readonly statement: string;
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly access: Access;
  readonly objects: readonly DescribedObject[];
  /** True when the engine's catalogue holds more than one answer may. */
  readonly truncated: boolean;
}

/** Caps of the gateway itself; policy may ask for less by obligation, never for more. */
export interface GatewayLimits {
  /** Longest session, milliseconds. Default 1 hour. */
  readonly maxTtlMs: number;
  /** Rows one statement may return. Default 5,000,000. */
  readonly maxRows: number;
  /** Bytes of row values one statement may return, as JSON. Default 4 GiB. */
  readonly maxBytes: number;
  /** Live sessions per actor. Default 16. */
  readonly sessionsPerActor: number;
  /** Requests of one caller (an actor for one principal) in a second, over some seconds. Default 50. */
  readonly requestsPerCaller: number;
  /** Requests of one caller at once: that many in `requestBurstPerCaller / requestsPerCaller` seconds. Default 200. */
  readonly requestBurstPerCaller: number;
  /** Requests of one caller that are refused in a minute, before it must wait. Default 300. */
  readonly refusalsPerCaller: number;
  /** Requests of one caller that are under way at once. Default 256. */
  readonly inFlightPerCaller: number;
  /** Statements waiting behind a running one in a session. Default 8. */
  readonly waitingStatements: number;
  /** How long an event may take to become durable, milliseconds. Default 2,000. */
  readonly auditTimeoutMs: number;
  /** How long an engine may take to open a session, milliseconds. Default 60,000. */
  readonly openTimeoutMs: number;
  /** How long an engine may take to close a session, or to obey a cancel, milliseconds. Default 5,000. */
  readonly closeTimeoutMs: number;
  /**
   * How long one statement may take, from its sending until the engine has given its last row, milliseconds; policy may
   * ask for less. Default 86,400,000: as long as its session.
   */
  readonly statementTimeoutMs: number;
  /**
   * How long a statement waits behind another of its session before it is answered SESSION_BUSY, milliseconds. Default
   * 10,000.
   */
  readonly waitingTimeoutMs: number;
  /** How long one guard or informer of a plugin may take, milliseconds. Default 5,000. */
  readonly pluginTimeoutMs: number;
  /** How long the `setup` of a plugin may take, milliseconds. Default 30,000. */
  readonly pluginSetupTimeoutMs: number;
}

/**
 * The one way in, for REST, MCP and code. No method rejects; each ends in one outcome. Aborting the signal cancels the
 * work.
 */
export interface Gateway {
  /** Who this caller is: for a mount that must know before it answers anything. Asks no policy. */
  identify(request: IdentifyRequest, signal?: AbortSignal): Promise<Outcome<Identity>>;
  /** What this caller may ask for. */
  connections(request: Caller, signal?: AbortSignal): Promise<Outcome<readonly ConnectionInfo[]>>;
  open(request: OpenRequest, signal?: AbortSignal): Promise<Outcome<SessionState>>;
  run(request: RunRequest, signal?: AbortSignal): Promise<Outcome<StatementResult>>;
  explain(request: ExplainRequest, signal?: AbortSignal): Promise<Outcome<Explanation>>;
  /**
   * The tables and views of the session's schema on which the policy permits anything. Reaches the engine, so it is
   * recorded as a statement of the kind `metadata`.
   */
  describe(request: SessionRequest, signal?: AbortSignal): Promise<Outcome<Description>>;
  session(request: SessionRequest, signal?: AbortSignal): Promise<Outcome<SessionState>>;
  /** Cancels what runs, closes the path, and answers with the closed session. Closing twice is not an error. */
  close(request: SessionRequest, signal?: AbortSignal): Promise<Outcome<SessionState>>;
  /** For reviewers: what waits for them, or what was decided. */
  approvals(request: ApprovalsRequest, signal?: AbortSignal): Promise<Outcome<readonly ApprovalView[]>>;
  /** One approval, for whoever asked for it and for its reviewers. */
  approval(request: ApprovalRead, signal?: AbortSignal): Promise<Outcome<ApprovalView>>;
  /** A reviewer's answer. It must echo the digest of what was shown; nobody decides on their own request. */
  decide(request: DecisionRequest, signal?: AbortSignal): Promise<Outcome<ApprovalView>>;
  /** For reviewers: the live sessions they oversee. */
  sessions(request: Caller, signal?: AbortSignal): Promise<Outcome<readonly SessionState[]>>;
  /** For reviewers: ends a session now. Revoking one that is over is not an error. */
  revoke(request: RevokeRequest, signal?: AbortSignal): Promise<Outcome<SessionState>>;
  /**
   * For reviewers: suspends an actor for a time, wherever they oversee. Its sessions there are revoked, its tickets
   * there are void, and what it asks
   * there is answered ACTOR_SUSPENDED. Once more for the same actor makes it longer, never shorter.
   */
  suspend(request: SuspendRequest, signal?: AbortSignal): Promise<Outcome<Suspended>>;
  /** For reviewers: which actors are suspended where they oversee. */
  suspensions(request: Caller, signal?: AbortSignal): Promise<Outcome<readonly Suspension[]>>;
  /** For reviewers: ends a suspension before its time, wherever they oversee. */
  reinstate(request: ReinstateRequest, signal?: AbortSignal): Promise<Outcome<Reinstated>>;
  /** For reviewers: sessions for which break-glass access was used, and that nobody has looked at afterwards. */
  reviews(request: Caller, signal?: AbortSignal): Promise<Outcome<readonly BreakGlassReview[]>>;
  /** A reviewer has looked at such a session. */
  sign(request: SignRequest, signal?: AbortSignal): Promise<Outcome<BreakGlassReview>>;
  /**
   * A page of the session's events, oldest first; also after its end and after a restart. For its owner, and for who
   * oversees its schema.
   */
  record(request: RecordRequest, signal?: AbortSignal): Promise<Outcome<RecordPage>>;
  /** What an earlier run left: intents without an outcome and sessions without an end, now recorded as such. */
  readonly recovered: { readonly statements: number; readonly sessions: number };
  /**
   * Closes every session, writes `gateway.stopped`, closes the parts. Never rejects: the answer has a fault for each
   * part that did not close cleanly or in its time, 10 seconds,
   * and is empty where all went well. Later calls join the first.
   */
  shutdown(): Promise<readonly AccessError[]>;
}
