import type { Parts } from '../container.js';
import { Disposal } from './disposal.js';
import { AccessError } from '../errors.js';
import { readOptions, type OptionNames } from '../options.js';
import type { Checkable } from '../ports.js';
import type { NamedPart } from './start-check.js';

/** Parts as they are given: each itself, or a promise of it. */
export type Promisable<Some> = { readonly [Name in keyof Some]: Some[Name] | Promise<NonNullable<Some[Name]>> };

/** The parts that could be made, and what was wrong with the others. */
export interface AwaitedParts {
  readonly parts: Partial<Parts>;
  readonly failures: readonly { readonly name: string; readonly reason: unknown }[];
}

const partNames: OptionNames<Parts> = {
  connections: true,
  identity: true,
  policy: true,
  analyzer: true,
  audit: true,
  approver: true,
  approvals: true,
  plugins: true,
  limits: true,
  startCheck: true,
  clock: true,
};

/**
 * The parts that a configuration names, and the container it may name. Throws CONFIG_INVALID, once what it holds is
 * closed.
 */
export async function readConfig<Config extends object>(config: unknown): Promise<Config> {
  try {
    return readOptions<Config>(config, { ...partNames, container: true } as OptionNames<Config>, 'createGateway');
  } catch (error) {
    // What cannot even be looked at holds nothing that could be closed.
    await closeConfig(config).catch(() => undefined);
    throw error;
  }
}

async function closeConfig(config: unknown): Promise<void> {
  const values = Object.entries(Object.getOwnPropertyDescriptors(Object(config))).map(
    ([name, { value }]) => [name, value as unknown] as const,
  );
  const { parts } = await awaitParts(Object.fromEntries(values));
  const closing = new Disposal('the parts');
  registerPartDisposal(parts, closing);
  await Promise.allSettled([closing.dispose(), closeApprovals(parts.approvals)]);
}

/** Waits for every promised part. Never rejects: what is ready must be closed where another part is not. */
export async function awaitParts(given: Promisable<Partial<Parts>>): Promise<AwaitedParts> {
  const names = Object.keys(given);
  const settled = await Promise.allSettled(Object.values<unknown>(given));
  const entries = settled.flatMap((each, index) =>
    each.status === 'fulfilled' ? [[names[index] ?? '', each.value] as const] : [],
  );
  const failures = settled.flatMap((each, index) =>
    each.status === 'rejected' ? [{ name: names[index] ?? '', reason: each.reason as unknown }] : [],
  );
  return { parts: Object.fromEntries(entries), failures };
}

/** Throws what the one promised part rejected with; where there are several, one CONFIG_INVALID that names them all. */
export function throwFailures(failures: AwaitedParts['failures']): void {
  const [first, ...more] = failures;
  if (first === undefined) return;
  if (more.length === 0) throw first.reason;
  const all = failures
    .map(({ name, reason }) => `${name}: ${AccessError.is(reason) ? reason.message : 'it was not made'}`)
    .join('; ');
  throw new AccessError('CONFIG_INVALID', `the gateway cannot start: ${all}`, {
    cause: new AggregateError(
      failures.map((each) => each.reason),
      all,
    ),
  });
}

/** Has the parts closed by `closing`, the record last. Nothing is known of any part yet, not even that it is one. */
export function registerPartDisposal(
  { audit, connections, approver, analyzer, policy, identity }: Partial<Parts>,
  closing: Disposal,
): void {
  const connected =
    typeof connections === 'object' && connections !== null
      ? Object.entries(connections).map(([name, part]) => [`connections.${name}`, part] as const)
      : [];
  const all: readonly (readonly [name: string, part: unknown])[] = [
    ['audit', audit],
    ...connected,
    ['approver', approver],
    ['analyzer', analyzer],
    ['policy', policy],
    ['identity', identity],
  ];
  for (const [name, part] of all) closing.add(() => closePart(part), name);
}

/** Closes what approvals that nobody opened hold. */
export async function closeApprovals(approvals: Parts['approvals'] | undefined): Promise<void> {
  await Promise.allSettled([approvals?.store, ...listMembers(approvals?.notify)].map(closePart));
}

function listMembers(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

async function closePart(part: unknown): Promise<void> {
  await (part as { readonly close?: () => unknown } | null | undefined)?.close?.();
}

interface CheckablePorts extends Pick<Parts, 'identity' | 'policy' | 'analyzer' | 'audit' | 'approver'> {
  readonly connections: ReadonlyMap<string, Checkable>;
  readonly approvals: { readonly store: Checkable; readonly notify: readonly Checkable[] } | undefined;
}

/** The parts that can be tried, each under the name that its operator gave it. */
export function listNamedParts({ connections, approvals, ...ports }: CheckablePorts): NamedPart[] {
  const named: NamedPart[] = [...connections].map(([name, part]) => ({ name: `connections.${name}`, part }));
  for (const name of ['identity', 'policy', 'analyzer', 'audit', 'approver'] as const)
    named.push({ name, part: ports[name] });
  if (approvals === undefined) return named;
  return [
    ...named,
    { name: 'approvals.store', part: approvals.store },
    ...approvals.notify.map((part, index) => ({ name: `approvals.notify[${index}]`, part })),
  ];
}
