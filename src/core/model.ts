import type { Analysis, SchemaRef } from './request/analysis.js';

export * from './request/analysis.js';

/** A value that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What is asked of a scope: `write` includes `read`. */
export type Access = 'read' | 'write';

/** The human or service on whose authority something is done: the token's `sub`. */
export interface Principal {
  /** Namespaced, so that no token can name a role: `<issuer name>:<sub>`. */
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly name?: string;
}

/** Who really acts: `act.sub` (RFC 8693 §4.1), or the principal itself where there is no `act`. */
export type Actor = Principal;

/** What an identity provider vouches for. Times are epoch milliseconds. */
export interface Identity {
  readonly principal: Principal;
  readonly actor: Actor;
  readonly expiresAt: number;
  /** The OAuth client that holds the token (`client_id`, `azp`). */
  readonly client?: string;
  /** The token's `jti`; never the token. */
  readonly tokenId?: string;
  /** The OAuth scopes of the token, for what the mount itself must check. */
  readonly scopes?: readonly string[];
  /** What the token was issued for (RFC 8707), for a mount that is a resource of its own. */
  readonly audience?: readonly string[];
}

export interface Scope extends SchemaRef {
  readonly connection: string;
  readonly access: Access;
}

export type Bind = null | boolean | number | string;

/** One SQL text as it was asked, with its positional binds. */
export interface Statement {
  readonly sql: string;
  readonly binds: readonly Bind[];
}

/** Must be fulfilled, or the answer is deny (XACML 3.0 §2.12). */
export interface Obligation {
  readonly type: string;
  readonly value: Json;
  /** The id of the rule that carries it, where the policy tells. */
  readonly rule?: string;
}

/** Who rewrote a statement, to obey which obligation of which rule. */
export interface Rewriter {
  readonly plugin: string;
  /** The obligation's type. */
  readonly obligation: string;
  readonly rule?: string;
}

/** A statement that plugins rewrote. The `analysis` beside it is of the text that runs. */
export interface Rewrite {
  /** The text that the caller sent. */
  readonly asked: Analysis;
  /** Those who changed it, in order. */
  readonly by: readonly Rewriter[];
}

export interface Permit {
  readonly effect: 'permit';
  /** The rules that decided. */
  readonly rules: readonly string[];
  readonly policyVersion: string;
  readonly obligations: readonly Obligation[];
}

export interface Deny {
  readonly effect: 'deny';
  /** The rules that denied; empty when nothing permitted. */
  readonly rules: readonly string[];
  readonly policyVersion: string;
}

export type Decision = Permit | Deny;

/** How a request arrived. Recorded, never believed. */
export interface Transport {
  readonly protocol: 'rest' | 'mcp' | 'code';
  readonly address?: string;
  readonly userAgent?: string;
}

declare const minted: unique symbol;

/** Caps on one statement's result; the rest is cut and the answer says `truncated`. */
export interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Time-boxed leave for one principal + actor and one scope. Only the approval stage can make one. */
export interface Grant {
  readonly [minted]: true;
  readonly id: string;
  /** The session this grant opens; a grant opens one session, once. */
  readonly session: string;
  readonly identity: Identity;
  readonly scope: Scope;
  readonly limits: Limits;
  readonly rules: readonly string[];
  readonly policyVersion: string;
  /** Opened with break-glass access: under rules of its own, told at once, and looked at afterwards. */
  readonly breakGlass?: true;
  /** Epoch milliseconds, for people and engines; the gateway itself keeps a monotonic deadline. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** People's consent to exactly one request: `digest` is that of the ApprovalRequest. */
export interface Approval {
  readonly ticket: string;
  readonly reviewers: readonly string[];
  readonly digest: string;
  /** What the reviewers were shown and echoed, where that has a digest of its own. */
  readonly binding?: string;
  /**
   * Epoch milliseconds from which on it is of no use, where it has an end: a statement that waits for its turn until
   * then does not run.
   */
  readonly expiresAt?: number;
}

export type RequestKind = 'open' | 'run';

export interface RequestParameters {
  readonly open: {
    readonly connection: string;
    readonly schema: SchemaRef;
    readonly access: Access;
    readonly ttlMs: number;
    readonly reason: string;
    readonly breakGlass?: true;
  };
  readonly run: { readonly session: string; readonly statement: Statement };
}

/** The facts about one request, in the order they become known. Plain data, deeply frozen. */
export interface Received<M extends RequestKind = RequestKind> {
  readonly moment: M;
  /** UUIDv7 of this request: the statement's id in a run, the session's id in an open. */
  readonly id: string;
  readonly at: number;
  readonly asked: RequestParameters[M];
  readonly transport: Transport;
  readonly ticket?: string;
  /** Of a run: the caller's name for it, under which it takes effect once. */
  readonly idempotencyKey?: string;
}

export interface Identified<M extends RequestKind = RequestKind> extends Received<M> {
  readonly identity: Identity;
  /** What `inform` plugins added, under the plugin's name. */
  readonly context: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

export interface Scoped<M extends RequestKind = RequestKind> extends Identified<M> {
  readonly scope: Scope;
  /** Present in a run, absent in an open. */
  readonly analysis?: Analysis;
  /** Present where plugins rewrote the statement. */
  readonly rewrite?: Rewrite;
  readonly decision: Permit;
}

export interface Approved<M extends RequestKind = RequestKind> extends Scoped<M> {
  readonly grant: Grant;
  readonly approval?: Approval;
}

export interface FactsAfter {
  readonly identity: Identified;
  readonly scope: Scoped;
  readonly approval: Approved;
}

/** Where a request can stop: `receive` is before the first stage. */
export type StageName = 'receive' | 'identity' | 'scope' | 'approval' | 'execute' | 'audit';
