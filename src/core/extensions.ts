import { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import { facts } from './freeze.js';
import type { FactsAfter, Identified, Json } from './model.js';
import type { Denied } from './outcome.js';
import type { Guard, Informer, Observer, Plugin, PluginHost } from './plugin.js';
import type { Fulfiller } from './ports.js';

/** What all plugins together registered; sealed. */
export interface Extensions {
  readonly observers: readonly Observer[];
  inform(facts: Identified, signal: AbortSignal): Promise<Identified['context']>;
  guard<At extends keyof FactsAfter>(after: At, facts: FactsAfter[At], signal: AbortSignal): Promise<Denied | undefined>;
  fulfiller(obligation: string): Fulfiller | undefined;
  /** Runs the close functions, last in first out; throws an AggregateError after all had their turn. */
  close(): Promise<void>;
}

interface Named<T> {
  readonly plugin: string;
  readonly act: T;
}

type AnyGuard = Guard<keyof FactsAfter>;

/** Runs every plugin's setup in order. Throws CONFIG_DUPLICATE on a repeated name or obligation, PLUGIN_FAILED when a setup throws. */
export async function loadPlugins(plugins: readonly Plugin[]): Promise<Extensions> {
  const informers: Named<Informer>[] = [];
  const guards: Record<keyof FactsAfter, Named<AnyGuard>[]> = { identity: [], scope: [], approval: [] };
  const fulfillers = new Map<string, Fulfiller>();
  const observers: Observer[] = [];
  const closers = new Disposal('plugins');
  const names = new Set<string>();

  for (const plugin of plugins) {
    if (names.has(plugin.name)) throw new AccessError('CONFIG_DUPLICATE', `two plugins are named ${plugin.name}`);
    names.add(plugin.name);
    let sealed = false;
    const register = (add: () => void): void => {
      if (sealed) throw new AccessError('PLUGIN_SEALED', `plugin ${plugin.name} registered something after setup`);
      add();
    };
    const host: PluginHost = {
      inform: (act) => register(() => informers.push({ plugin: plugin.name, act })),
      guard: (after, act) => register(() => guards[after].push({ plugin: plugin.name, act: act as AnyGuard })),
      fulfil: (obligation, act) => register(() => addFulfiller(fulfillers, obligation, act)),
      observe: (observer) => register(() => observers.push(observer)),
      onClose: (close) => register(() => closers.own(close)),
    };
    try {
      await plugin.setup(host);
    } catch (error) {
      throw AccessError.is(error) ? error : failed(plugin.name, error);
    }
    sealed = true;
  }

  return {
    observers,
    inform: (given, signal) => inform(informers, given, signal),
    guard: (after, given, signal) => guard(guards[after], given, signal),
    fulfiller: (obligation) => fulfillers.get(obligation),
    close: () => closers.dispose(),
  };
}

function addFulfiller(fulfillers: Map<string, Fulfiller>, obligation: string, act: Fulfiller): void {
  if (fulfillers.has(obligation)) throw new AccessError('CONFIG_DUPLICATE', `two plugins fulfil ${obligation}`);
  fulfillers.set(obligation, act);
}

const nothing: Identified['context'] = Object.freeze({});

async function inform(informers: readonly Named<Informer>[], given: Identified, signal: AbortSignal): Promise<Identified['context']> {
  if (informers.length === 0) return nothing;
  const context: Record<string, Record<string, Json>> = {};
  for (const { plugin, act } of informers) {
    try {
      context[plugin] = { ...context[plugin], ...facts(await act(given, signal)) };
    } catch (error) {
      throw failed(plugin, error);
    }
  }
  return facts(context);
}

async function guard(guards: readonly Named<AnyGuard>[], given: FactsAfter[keyof FactsAfter], signal: AbortSignal): Promise<Denied | undefined> {
  for (const { plugin, act } of guards) {
    let answer: Denied | undefined;
    try {
      answer = await act(given, signal);
    } catch (error) {
      throw failed(plugin, error);
    }
    if (answer === undefined) continue;
    if ((answer as { status?: unknown } | null)?.status !== 'denied') throw failed(plugin, new TypeError('a guard denies or returns undefined'));
    return { ...answer, code: 'GUARDED', reason: answer.reason ?? `plugin.${plugin}` };
  }
  return undefined;
}

function failed(plugin: string, cause: unknown): AccessError {
  return new AccessError('PLUGIN_FAILED', `plugin ${plugin} failed`, { cause });
}
