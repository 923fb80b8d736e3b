import type { Clock } from '../async/clock.js';
import { isJson } from './recorded-context.js';
import { Disposal } from '../async/disposal.js';
import { AccessError } from '../errors.js';
import { deepFreeze } from '../data/deep-freeze.js';
import type { GatewayLimits } from '../gateway.js';
import type { FactsAfter, Identified, Json } from '../model.js';
import { coreObligations } from '../request/obligations.js';
import { deny, type Denied } from '../outcome.js';
import type { Guard, Informer, Observer, Plugin, PluginHost } from '../plugin.js';
import { callPlugin, createPluginFailure, type PluginCall } from './plugin-call.js';
import type { Fulfiller } from '../ports.js';

/** What all plugins together registered; sealed. */
export interface PluginRegistry {
  readonly observers: readonly Observer[];
  runInformers(facts: Identified, signal: AbortSignal): Promise<Identified['context']>;
  runGuards<At extends keyof FactsAfter>(
    after: At,
    facts: FactsAfter[At],
    signal: AbortSignal,
  ): Promise<Denied | undefined>;
  findFulfiller(obligation: string): NamedFulfiller | undefined;
  /** Runs the close functions, last in first out; throws an AggregateError after all had their turn. */
  close(): Promise<void>;
}

/** Who discharges obligations of a type. What it throws, or an answer that is no text, is PLUGIN_FAILED. */
export interface NamedFulfiller {
  readonly plugin: string;
  readonly fulfil: Fulfiller;
}

interface PluginHook<T> {
  readonly plugin: string;
  readonly handler: T;
}

type AnyGuard = Guard<keyof FactsAfter>;

/** How long plugins may take, and by which clock. */
export interface PluginTimeouts {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'pluginTimeoutMs' | 'pluginSetupTimeoutMs'>;
}

/**
 * Runs every plugin's setup in order. Throws CONFIG_DUPLICATE on a repeated name or obligation, CONFIG_INVALID on a
 * name or argument that is
 * none, PLUGIN_FAILED when a setup throws or does not end in time; what earlier plugins opened is closed then.
 */
export async function loadPlugins(plugins: readonly Plugin[], times: PluginTimeouts): Promise<PluginRegistry> {
  const loaded: RegisteredHooks = {
    informers: [],
    guards: { identity: [], scope: [], approval: [] },
    fulfillers: new Map(),
    observers: [],
    closers: new Disposal('plugins'),
  };
  const names = new Set<string>();
  try {
    for (const plugin of plugins) {
      if (!/^[A-Za-z][\w.-]{0,62}$/.test(plugin?.name))
        throw new AccessError(
          'CONFIG_INVALID',
          'a plugin needs a name: a letter, then up to 62 letters, digits, ".", "_" or "-"',
        );
      if (names.has(plugin.name)) throw new AccessError('CONFIG_DUPLICATE', `two plugins are named ${plugin.name}`);
      names.add(plugin.name);
      await setUpPlugin(plugin, loaded, times);
    }
  } catch (error) {
    await loaded.closers.dispose().catch(() => undefined);
    throw error;
  }
  return {
    observers: loaded.observers,
    runInformers: (given, signal) => runInformers(loaded.informers, given, times, signal),
    runGuards: (after, given, signal) => runGuards(loaded.guards[after], given, times, signal),
    findFulfiller: (obligation) => loaded.fulfillers.get(obligation),
    close: () => loaded.closers.dispose(),
  };
}

interface RegisteredHooks {
  readonly informers: PluginHook<Informer>[];
  readonly guards: Record<keyof FactsAfter, PluginHook<AnyGuard>[]>;
  readonly fulfillers: Map<string, NamedFulfiller>;
  readonly observers: Observer[];
  readonly closers: Disposal;
}

async function setUpPlugin(plugin: Plugin, loaded: RegisteredHooks, { clock, limits }: PluginTimeouts): Promise<void> {
  const { informers, guards, fulfillers, observers, closers } = loaded;
  const { name } = plugin;
  const within = { plugin: name, clock, timeoutMs: limits.pluginTimeoutMs };
  let sealed = false;
  const register = (act: unknown, add: () => void): void => {
    if (sealed) throw new AccessError('PLUGIN_SEALED', `plugin ${name} registered something after setup`);
    if (typeof act !== 'function')
      throw new AccessError('CONFIG_INVALID', `plugin ${name} registered something that is no function`);
    add();
  };
  const host: PluginHost = {
    inform: (act) => register(act, () => informers.push({ plugin: name, handler: act })),
    guard(after, act) {
      if (!Object.hasOwn(guards, after))
        throw new AccessError('CONFIG_INVALID', `plugin ${name}: there is no guard after that`);
      register(act, () => guards[after].push({ plugin: name, handler: act as AnyGuard }));
    },
    fulfil: (obligation, act) =>
      register(act, () => addFulfiller(fulfillers, obligation, { plugin: name, fulfil: wrapFulfiller(name, act) })),
    observe: (observer) => register(observer, () => observers.push(observer)),
    onClose: (close) =>
      register(close, () => closers.add(() => callPlugin({ ...within, verb: 'close' }, () => close()))),
  };
  const call: PluginCall = { ...within, verb: 'setup', timeoutMs: limits.pluginSetupTimeoutMs };
  try {
    await callPlugin(call, () => plugin.setup(host));
  } catch (error) {
    // Options that are refused say so themselves.
    throw AccessError.is((error as Error).cause) ? (error as Error).cause : error;
  } finally {
    sealed = true;
  }
}

function addFulfiller(fulfillers: Map<string, NamedFulfiller>, obligation: string, fulfiller: NamedFulfiller): void {
  if (coreObligations.has(obligation))
    throw new AccessError('CONFIG_DUPLICATE', `the gateway itself fulfils ${obligation}`);
  if (fulfillers.has(obligation)) throw new AccessError('CONFIG_DUPLICATE', `two plugins fulfil ${obligation}`);
  fulfillers.set(obligation, fulfiller);
}

/** A fulfiller answers at once, with a text: a promise is none. */
function wrapFulfiller(plugin: string, act: Fulfiller): Fulfiller {
  return (given, obligation) => {
    try {
      const sql: unknown = act(given, obligation);
      if (typeof sql !== 'string') throw new TypeError('a fulfiller returns a statement');
      return sql;
    } catch (error) {
      throw createPluginFailure({ plugin, verb: 'fulfil' }, error);
    }
  };
}

const emptyContext: Identified['context'] = Object.freeze({});

async function runInformers(
  informers: readonly PluginHook<Informer>[],
  given: Identified,
  { clock, limits }: PluginTimeouts,
  signal: AbortSignal,
): Promise<Identified['context']> {
  if (informers.length === 0) return emptyContext;
  const context: Record<string, Record<string, Json>> = {};
  for (const { plugin, handler: act } of informers) {
    const call: PluginCall = { plugin, verb: 'inform', clock, timeoutMs: limits.pluginTimeoutMs };
    const told = parseInformedFacts(call, await callPlugin(call, (own) => act(given, own), signal));
    if (Object.keys(told).length > 0) context[plugin] = { ...context[plugin], ...told };
  }
  return deepFreeze(context);
}

function parseInformedFacts(call: PluginCall, answer: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  try {
    const told = deepFreeze(answer);
    if (!isJson(told)) throw new TypeError('an informer tells JSON');
    return told;
  } catch (error) {
    throw createPluginFailure(call, error);
  }
}

async function runGuards(
  guards: readonly PluginHook<AnyGuard>[],
  given: FactsAfter[keyof FactsAfter],
  { clock, limits }: PluginTimeouts,
  signal: AbortSignal,
): Promise<Denied | undefined> {
  for (const { plugin, handler: act } of guards) {
    const call: PluginCall = { plugin, verb: 'guard', clock, timeoutMs: limits.pluginTimeoutMs };
    const answer = await callPlugin(call, (own) => act(given, own), signal);
    if (answer === undefined) continue;
    if ((answer as { status?: unknown } | null)?.status !== 'denied')
      throw createPluginFailure(call, new TypeError('a guard denies or returns undefined'));
    return createGuardedDenial(plugin, answer);
  }
  return undefined;
}

const maxTextLength = 500;

function truncateText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, maxTextLength) : undefined;
}

/** A denial with a plugin's words, cut to a fair length, under our code. */
function createGuardedDenial(plugin: string, { message, reason, hint }: Denied): Denied {
  const more = truncateText(hint);
  return deny('GUARDED', truncateText(message), {
    reason: /^[\w.-]{1,100}$/.test(reason ?? '') ? (reason as string) : `plugin.${plugin}`,
    ...(more === undefined ? {} : { hint: more }),
  });
}
