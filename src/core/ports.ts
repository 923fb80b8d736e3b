import type { AuditEvent, EventCode } from './events.js';
import type {
  Analysis,
  Approval,
  Bind,
  Decision,
  Grant,
  Identity,
  Json,
  Limits,
  Obligation,
  SchemaRef,
  Scope,
  Scoped,
} from './model.js';
import type { Denied, Pending } from './outcome.js';

/** What a caller presents. Seen by the identity provider only; never a fact, never recorded. */
export interface Credential {
  /** Lower-case scheme: `bearer`. */
  readonly scheme: string;
  readonly token: string;
}

/** What every part may have besides. */
export interface Checkable {
  /**
   * Proves that this part can do its work. Called once by `createGateway`, before anything else of the part, unless
   * `startCheck` is false.
   * Whatever it throws stops the start and is told to the operator with its cause. Heeds the signal, which aborts when
   * the time is over.
   */
  check?(signal: AbortSignal): Promise<void>;
}

/** Says who is calling. Denies with UNAUTHENTICATED; throws IDENTITY_UNAVAILABLE when it cannot tell. */
export interface IdentityProvider extends Checkable {
  authenticate(credential: Credential, signal: AbortSignal): Promise<Identity | Denied>;
  close?(): Promise<void>;
}

/** Says what a statement is, or why it may not run (`refusal`). Throws ANALYSIS_UNAVAILABLE when it cannot tell. */
export interface Analyzer extends Checkable {
  /** The SQL dialects it can render a statement for, besides `portable`. None where this is left out. */
  readonly dialects?: readonly string[];
  /**
   * `dialect` is that of the engine that will run the statement, or `portable`, what all known dialects read alike:
   * `rendered` is then the text for
   * it, and a statement that cannot be said so is refused. Without one nothing is rendered.
   */
  analyze(sql: string, scope: SchemaRef, signal: AbortSignal, dialect?: string): Promise<Analysis>;
  close?(): Promise<void>;
}

/**
 * One thing to be decided. `object` is `DB.SCHEMA` or `DB.SCHEMA.NAME` in stored case, parts joined by `.`, quoted
 * where not plain upper case.
 */
export interface RequestedAction {
  /** `open:read`, `open:write`, a statement kind, `breakglass:<kind>`, `review:open`, `review:<kind>` or `oversee`. */
  readonly action: string;
  readonly object: string;
}

export interface Question {
  readonly identity: Identity;
  readonly connection: string;
  /** All must be permitted. Never empty. */
  readonly asks: readonly RequestedAction[];
  readonly context: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/**
 * The policy decision point. Silence denies, deny wins, and where actor and principal differ both must be permitted.
 * A thrown error is a deny (POLICY_UNAVAILABLE).
 */
export interface PolicyDecisionPoint extends Checkable {
  decide(question: Question, signal: AbortSignal): Promise<Decision>;
  /** Identifies the rules in force; changes whenever they do. */
  readonly version: string;
  /** Whether a subject holds a role on a connection. Without it, no rule can name the role of its reviewers. */
  holds?(subject: string, role: string, connection: string): boolean | Promise<boolean>;
  close?(): Promise<void>;
}

/** What a person would agree to. */
export interface ApprovalRequest {
  readonly facts: Scoped;
  /** The value of the policy's `approval` obligation; a list where several rules have one. */
  readonly terms: Json;
  /** SHA-256 of everything that consent is bound to, lower-case hex; an Approval carries it back. */
  readonly digest: string;
  /** The requester's own words. */
  readonly reason: string;
  /** Epoch milliseconds after which consent is of no use. */
  readonly until: number;
  /** What the policy was asked. */
  readonly asks: readonly RequestedAction[];
}

/** Brings human consent. Pending hands out a ticket; the caller comes back with it and is judged afresh. */
export interface Approver extends Checkable {
  seek(request: ApprovalRequest, signal: AbortSignal): Promise<Approval | Pending | Denied>;
  close?(): Promise<void>;
}

/** A column of a result. `type` is the engine's own name, upper case: `DECIMAL(12,2)`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable?: boolean;
}

/** JSON-safe cell: integers beyond 2^53 and decimals are strings, timestamps ISO 8601 strings, binary base64. */
export type Cell = Json;
export type Row = readonly Cell[];

/** A statement the engine has accepted. Rows are pulled; ending the iteration early releases them. */
export interface Execution {
  readonly queryId: string;
  readonly columns: readonly Column[];
  /** Arrays of rows, each row in column order. Iterate once. */
  readonly batches: AsyncIterable<readonly Row[]>;
  /** Rows changed, for a write. */
  readonly affected?: number;
}

/** What the engine is given to run: the analysed text and nothing else. */
export interface EngineStatement {
  readonly id: string;
  /** What an engine runs: the analysed text in the engine's dialect. */
  readonly text: string;
  /** What was analysed, hashed, approved and recorded. Never run: an engine may read it otherwise. */
  readonly canonical: string;
  readonly binds: readonly Bind[];
  readonly analysis: Analysis;
  readonly limits: Limits;
  /** Milliseconds until the grant's deadline. */
  readonly timeLeftMs: number;
  /** What `inform` plugins added, under the plugin's name. */
  readonly context?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** A table or view of the granted schema, its name in stored case. */
export interface CatalogueObject {
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** In their order. */
  readonly columns: readonly Column[];
}

/** What the engine's catalogue says now. */
export interface Catalogue {
  readonly queryId: string;
  /** By name. */
  readonly objects: readonly CatalogueObject[];
}

/** Asks for the catalogue: it has an id in the record, as a statement has, and ends with the grant. */
export type DescribeRequest = Pick<EngineStatement, 'id' | 'timeLeftMs' | 'context'>;

/** One live path to the engine under one grant; never shared, never pooled. */
export interface EngineSession {
  /** The engine's own session id, for correlation. */
  readonly id: string;
  /**
   * Runs exactly one statement. Abort cancels it at the engine. Throws ENGINE_REJECTED or ENGINE_UNAVAILABLE, and
   * ENGINE_DISAGREES where the engine
   * makes another kind of statement of the text than `analysis.kind`, or binds a name to another object than the
   * analysis (marked by `withoutEffect` where it did not run).
   * Of one that changes something (`write`, `ddl`), any error but ENGINE_REJECTED is taken for an unknown end, unless
   * `withoutEffect` marks it; after an abort it is
   * waited for a while, so it may say how it ended.
   */
  run(statement: EngineStatement, signal: AbortSignal): Promise<Execution>;
  /**
   * The tables and views of the granted schema that this path can see. Cancels and throws as `run` does; left out where
   * the engine cannot tell.
   */
  describe?(asking: DescribeRequest, signal: AbortSignal): Promise<Catalogue>;
  /** Leaves nothing behind at the engine. Called once, also after a failure. */
  close(): Promise<void>;
  /** Resolves when the path was lost, or is no longer what was granted; the session then ends at once. */
  readonly lost?: Promise<unknown>;
}

/** Tells the record what was done to rights at the engine. Resolves when it is durable; throws AUDIT_UNAVAILABLE. */
export type EngineEventRecorder = (
  code: 'grant.applied' | 'grant.removed',
  data: Readonly<Record<string, Json>>,
  about?: Grant | { readonly session?: string },
) => Promise<void>;

/** A session of an earlier run that was never closed. */
export interface OrphanedSession {
  readonly session: string;
  /** What the last `grant.applied` of it said, where no `grant.removed` followed. */
  readonly applied?: Readonly<Record<string, Json>>;
}

/**
 * What a connector says of its own for one session, besides the statements of its owner. The record has its digests, so
 * that the engine's own history can be held against it.
 */
export interface EngineSetup {
  /** On the session's own path, in this order, each once; it may end early. */
  readonly session: readonly string[];
  /** Elsewhere, each once: what gives the session its rights. */
  readonly making?: readonly string[];
  /** Elsewhere, as often as it takes: what takes them away. */
  readonly removing?: readonly string[];
}

/** A registered target: one connection's engine. The credential is its own affair. */
export interface Connector extends Checkable {
  /** The engine's lower-case product name, as OpenTelemetry's `db.system.name`: `snowflake`, `duckdb`. */
  readonly engine: string;
  /**
   * The SQL dialect that the engine reads, as the analyzer names it: `snowflake`, `duckdb`. Statements are rendered for
   * it. An engine that names
   * none is given only what all dialects known to the analyzer read alike. A name that the analyzer does not know stops
   * the gateway from starting.
   */
  readonly dialect?: string;
  /** What may be asked for. */
  readonly schemas: readonly SchemaRef[];
  /** Host or file, for people and traces; no credential in it. */
  readonly address?: string;
  /**
   * Called once before anything is opened, with the way to tell the record, and the sessions of an earlier run that
   * were never closed. What
   * it throws stops the gateway from starting.
   */
  start?(note: EngineEventRecorder, left: readonly OrphanedSession[]): void | Promise<void>;
  /**
   * All that will be said of its own for this grant, before it is opened; no secret may be in it. What `open` then
   * sends is exactly that. Left out where nothing is said, or the
   * engine keeps no history.
   */
  setup?(grant: Grant): EngineSetup;
  /** Opens the path for this grant, and verifies it, or throws ENGINE_UNAVAILABLE and leaves nothing. */
  open(grant: Grant, signal: AbortSignal): Promise<EngineSession>;
  close?(): Promise<void>;
}

/** Which events of a session's record are read. */
export interface RecordRange {
  /** What the page before gave as `next`; the first page where it is left out. */
  readonly after?: string;
  /** At most so many events, 1 to 1,000; 200 where it is left out. */
  readonly limit?: number;
}

/** Some events of a session, oldest first. */
export interface RecordPage {
  readonly events: readonly AuditEvent[];
  /** Names the place behind the last of them, for the next page; absent where there was no more when it was read. */
  readonly next?: string;
}

/** Where the record lives. */
export interface AuditLog extends Checkable {
  /** Resolves only when the event is durable, in the order of the calls. Throws AUDIT_UNAVAILABLE. */
  append(event: AuditEvent): Promise<void>;
  /**
   * A page of the events of one session; empty when unknown. Fewer events than asked for where they are large: about 1
   * MiB of them as JSON,
   * but always one. An `after` that this log never gave is answered with an empty page. Reading must not delay
   * `append`.
   */
  record(session: string, range?: RecordRange): Promise<RecordPage>;
  /**
   * Intents of runs that are over and have no outcome: authorized statements, requested or opened sessions not closed.
   * What a run that still lives has under way is
   * none of these, be it of this process or of another that writes to the same place.
   */
  unresolved(): Promise<readonly AuditEvent[]>;
  /**
   * `breakglass.activated` of earlier runs that no `breakglass.reviewed` of the same session followed, oldest first, as
   * far back as the log goes; left out where it does not look for them.
   */
  unreviewed?(): Promise<readonly AuditEvent[]>;
  /**
   * `actor.suspended` and `actor.reinstated` of earlier runs, oldest first, as far back as the log goes; left out where
   * it does not look for them.
   */
  suspended?(): Promise<readonly AuditEvent[]>;
  /**
   * The last event with one of these codes that earlier runs wrote and that is still there; left out where the log does
   * not look so far back.
   */
  newest?(codes: readonly EventCode[]): Promise<AuditEvent | undefined>;
  close?(): Promise<void>;
}

/**
 * Rewrites a statement to discharge an obligation; the rewritten text is analysed again and must stay within the grant.
 */
export type Fulfiller = (
  given: { readonly sql: string; readonly analysis: Analysis; readonly scope: Scope },
  obligation: Obligation,
) => string;
