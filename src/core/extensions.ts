import { heeding, reasonOf } from './abort.js';
import { isJson } from './context.js';
import { Disposal } from './disposal.js';
import { AccessError } from './errors.js';
import { facts } from './freeze.js';
import type { FactsAfter, Identified, Json } from './model.js';
import { coreObligations } from './obligations.js';
import { deny, type Denied } from './outcome.js';
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

/**
 * Runs every plugin's setup in order. Throws CONFIG_DUPLICATE on a repeated name or obligation, CONFIG_INVALID on a name or argument that is
 * none, PLUGIN_FAILED when a setup throws; what earlier plugins opened is closed then.
 */
export async function loadPlugins(plugins: readonly Plugin[]): Promise<Extensions> {
  const loaded: Loaded = { informers: [], guards: { identity: [], scope: [], approval: [] }, fulfillers: new Map(), observers: [], closers: new Disposal('plugins') };
  const names = new Set<string>();
  try {
    for (const plugin of plugins) {
      if (!/^[A-Za-z][\w.-]{0,62}$/.test(plugin?.name)) throw new AccessError('CONFIG_INVALID', 'a plugin needs a name: a letter, then up to 62 letters, digits, ".", "_" or "-"');
      if (names.has(plugin.name)) throw new AccessError('CONFIG_DUPLICATE', `two plugins are named ${plugin.name}`);
      names.add(plugin.name);
      await setUp(plugin, loaded);
    }
  } catch (error) {
    await loaded.closers.dispose().catch(() => undefined);
    throw error;
  }
  return {
    observers: loaded.observers,
    inform: (given, signal) => inform(loaded.informers, given, signal),
    guard: (after, given, signal) => guard(loaded.guards[after], given, signal),
    fulfiller: (obligation) => loaded.fulfillers.get(obligation),
    close: () => loaded.closers.dispose(),
  };
}

interface Loaded {
  readonly informers: Named<Informer>[];
  readonly guards: Record<keyof FactsAfter, Named<AnyGuard>[]>;
  readonly fulfillers: Map<string, Fulfiller>;
  readonly observers: Observer[];
  readonly closers: Disposal;
}

async function setUp(plugin: Plugin, { informers, guards, fulfillers, observers, closers }: Loaded): Promise<void> {
  const { name } = plugin;
  let sealed = false;
  const register = (act: unknown, add: () => void): void => {
    if (sealed) throw new AccessError('PLUGIN_SEALED', `plugin ${name} registered something after setup`);
    if (typeof act !== 'function') throw new AccessError('CONFIG_INVALID', `plugin ${name} registered something that is no function`);
    add();
  };
  const host: PluginHost = {
    inform: (act) => register(act, () => informers.push({ plugin: name, act })),
    guard(after, act) {
      if (!Object.hasOwn(guards, after)) throw new AccessError('CONFIG_INVALID', `plugin ${name}: there is no guard after that`);
      register(act, () => guards[after].push({ plugin: name, act: act as AnyGuard }));
    },
    fulfil: (obligation, act) => register(act, () => addFulfiller(fulfillers, obligation, act)),
    observe: (observer) => register(observer, () => observers.push(observer)),
    onClose: (close) => register(close, () => closers.own(close)),
  };
  try {
    await plugin.setup(host);
  } catch (error) {
    throw AccessError.is(error) ? error : failed(name, error);
  }
  sealed = true;
}

function addFulfiller(fulfillers: Map<string, Fulfiller>, obligation: string, act: Fulfiller): void {
  if (coreObligations.has(obligation)) throw new AccessError('CONFIG_DUPLICATE', `the gateway itself fulfils ${obligation}`);
  if (fulfillers.has(obligation)) throw new AccessError('CONFIG_DUPLICATE', `two plugins fulfil ${obligation}`);
  fulfillers.set(obligation, act);
}

const nothing: Identified['context'] = Object.freeze({});

async function inform(informers: readonly Named<Informer>[], given: Identified, signal: AbortSignal): Promise<Identified['context']> {
  if (informers.length === 0) return nothing;
  const context: Record<string, Record<string, Json>> = {};
  for (const { plugin, act } of informers) {
    try {
      const told = facts(await heeding(() => act(given, signal), signal));
      if (!isJson(told)) throw new TypeError('an informer tells JSON');
      if (Object.keys(told).length > 0) context[plugin] = { ...context[plugin], ...told };
    } catch (error) {
      throw signal.aborted ? reasonOf(signal) : failed(plugin, error);
    }
  }
  return facts(context);
}

async function guard(guards: readonly Named<AnyGuard>[], given: FactsAfter[keyof FactsAfter], signal: AbortSignal): Promise<Denied | undefined> {
  for (const { plugin, act } of guards) {
    let answer: Denied | undefined;
    try {
      answer = await heeding(() => act(given, signal), signal);
    } catch (error) {
      throw signal.aborted ? reasonOf(signal) : failed(plugin, error);
    }
    if (answer === undefined) continue;
    if ((answer as { status?: unknown } | null)?.status !== 'denied') throw failed(plugin, new TypeError('a guard denies or returns undefined'));
    return guarded(plugin, answer);
  }
  return undefined;
}

const longest = 500;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
}

/** A denial with a plugin's words, cut to a fair length, under our code. */
function guarded(plugin: string, { message, reason, hint }: Denied): Denied {
  const more = text(hint);
  return deny('GUARDED', text(message), { reason: /^[\w.-]{1,100}$/.test(reason ?? '') ? (reason as string) : `plugin.${plugin}`, ...(more === undefined ? {} : { hint: more }) });
}

function failed(plugin: string, cause: unknown): AccessError {
  return new AccessError('PLUGIN_FAILED', `plugin ${plugin} failed`, { cause });
}
