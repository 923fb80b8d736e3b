import type { FactsAfter, Identified, Json } from './model.js';
import type { Denied } from './outcome.js';
import type { Fulfiller } from './ports.js';

/** A user's own extension. It can add facts, refuse, rewrite to obey an obligation, and watch; it can never permit. */
export interface Plugin {
  readonly name: string;
  setup(host: PluginHost): void | Promise<void>;
}

/** The four verbs. All must be called during `setup`; later calls throw PLUGIN_SEALED. */
export interface PluginHost {
  /**
   * Adds facts (JSON) under the plugin's name before policy is asked. Throwing fails the request. The record holds up
   * to 16,384 bytes of all plugins' together.
   */
  inform(informer: Informer): void;
  /** May deny after a stage; anything but a denial or undefined fails the request. */
  guard<At extends keyof FactsAfter>(after: At, guard: Guard<At>): void;
  /** Discharges obligations of one type; an obligation nobody fulfils denies. */
  fulfil(obligation: string, fulfiller: Fulfiller): void;
  /** Watches; it cannot change, skip, repeat, delay or fail what it watches. */
  observe(observer: Observer): void;
  /** Called once at shutdown, last in first out. */
  onClose(close: () => void | Promise<void>): void;
}

export type Informer = (
  facts: Identified,
  signal: AbortSignal,
) => Readonly<Record<string, Json>> | Promise<Readonly<Record<string, Json>>>;
export type Guard<At extends keyof FactsAfter> = (
  facts: FactsAfter[At],
  signal: AbortSignal,
) => Denied | undefined | Promise<Denied | undefined>;

/** Plain facts an observer may see: no credential, bind, row or literal. Filled in as they become known. */
export interface ObservedAttributes {
  readonly session?: string;
  readonly statement?: string;
  readonly connection?: string;
  readonly engine?: string;
  readonly address?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly kind?: string;
  readonly operation?: string;
  readonly summary?: string;
  /** The canonical text with every literal replaced. */
  readonly redacted?: string;
  readonly principal?: string;
  readonly actor?: string;
  readonly rules?: readonly string[];
  readonly queryId?: string;
  readonly rows?: number;
}

export interface ObservedResult {
  readonly status: 'completed' | 'denied' | 'pending' | 'failed';
  readonly code?: string;
  /** An engine's own error code. */
  readonly engineCode?: string;
  /** Which plugin failed, and in which of its verbs, where the code is PLUGIN_FAILED. */
  readonly plugin?: string;
  readonly verb?: string;
  readonly watched: ObservedAttributes;
}

/** `session` is an open, `statement` a run, `engine` one call to the engine, `append` one write to the record. */
export type ObservedOperation = 'session' | 'statement' | 'engine' | 'append';

/**
 * Called synchronously around a piece of work with the facts known at its start. It should call `work` synchronously,
 * which starts the
 * work (once, however often it is called) and never rejects. If it does not, the work runs anyway. Its return value is
 * ignored.
 */
export type Observer = (
  what: ObservedOperation,
  watched: ObservedAttributes,
  work: () => Promise<ObservedResult>,
) => unknown;
