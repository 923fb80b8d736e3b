import { AccessError } from './errors.js';
import type { GatewayLimits } from './gateway.js';
import type { Parts } from './container.js';
import { readOptions, type OptionNames } from './options.js';
import type { Analyzer, Connector } from './ports.js';

const dayMs = 86_400_000;

export const defaultLimits: GatewayLimits = Object.freeze({
  maxTtlMs: 3_600_000,
  maxRows: 5_000_000,
  maxBytes: 4 * 1024 ** 3,
  sessionsPerActor: 16,
  waitingStatements: 8,
  requestsPerCaller: 50,
  requestBurstPerCaller: 200,
  refusalsPerCaller: 300,
  inFlightPerCaller: 256,
  auditTimeoutMs: 2_000,
  openTimeoutMs: 60_000,
  closeTimeoutMs: 5_000,
  statementTimeoutMs: dayMs,
  waitingTimeoutMs: 10_000,
  pluginTimeoutMs: 5_000,
  pluginSetupTimeoutMs: 30_000,
});

const limitNames = Object.fromEntries(
  Object.keys(defaultLimits).map((name) => [name, true]),
) as OptionNames<GatewayLimits>;

/** The methods a part must have to be that part at all. */
const requiredMethods: Readonly<Partial<Record<keyof Parts, readonly string[]>>> = {
  identity: ['authenticate'],
  policy: ['decide'],
  analyzer: ['analyze'],
  audit: ['append', 'record', 'unresolved'],
  approver: ['seek'],
  clock: ['now', 'monotonic', 'after'],
};

/** Throws CONFIG_INVALID unless the part is there and looks like one. */
export function checkPart<Name extends keyof Parts>(name: Name, part: Parts[Name] | undefined): Parts[Name] {
  if (part === undefined) throw createConfigError(`${name} is not set`);
  for (const method of requiredMethods[name] ?? [])
    if (!hasMethod(part, method)) throw createConfigError(`${name} has no ${method}()`);
  return part;
}

/** The registered targets by name. Throws CONFIG_INVALID where there is none or one cannot be asked for. */
export function checkConnections(
  connections: Readonly<Record<string, Connector>> | undefined,
): ReadonlyMap<string, Connector> {
  const entries = Object.entries(connections ?? {});
  if (entries.length === 0) throw createConfigError('connections is empty: there is nothing to ask for');
  for (const [name, connector] of entries) {
    if (!/^[A-Za-z][\w.-]{0,62}$/.test(name))
      throw createConfigError(
        `${JSON.stringify(name)} is no name for a connection: a letter, then up to 62 letters, digits, ".", "_" or "-"`,
      );
    if (!hasMethod(connector, 'open')) throw createConfigError(`connection ${name} has no open()`);
    if (!Array.isArray(connector.schemas) || connector.schemas.length === 0)
      throw createConfigError(`connection ${name} offers no schema`);
  }
  return new Map(entries);
}

/** Throws CONFIG_INVALID where an engine reads a dialect that the analyzer cannot render a statement for. */
export function checkDialects(connections: ReadonlyMap<string, Connector>, { dialects = [] }: Analyzer): void {
  for (const [name, { dialect }] of connections) {
    if (dialect === undefined || dialects.includes(dialect)) continue;
    const known = dialects.length === 0 ? 'none' : dialects.join(', ');
    throw createConfigError(
      `connection ${name} reads the SQL dialect ${JSON.stringify(dialect)}, which the analyzer cannot render for (known: ${known})`,
    );
  }
}

/** The limits with the defaults filled in. Throws CONFIG_INVALID for an unknown name or a value that is no cap. */
export function checkLimits(given: Partial<GatewayLimits> = {}): GatewayLimits {
  const own = readOptions<Partial<GatewayLimits>>(given, limitNames, 'limits');
  for (const [name, value] of Object.entries(own)) {
    if (!Number.isSafeInteger(value) || value < (name === 'waitingStatements' ? 0 : 1))
      throw createConfigError(`limits.${name} must be a positive whole number`);
  }
  const limits = { ...defaultLimits, ...own };
  if (limits.requestBurstPerCaller < limits.requestsPerCaller)
    throw createConfigError('limits.requestBurstPerCaller must be at least limits.requestsPerCaller');
  if (limits.maxTtlMs > dayMs)
    throw createConfigError('limits.maxTtlMs must be at most a day: this is access for a while, not for good');
  return Object.freeze(limits);
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof (value as Record<string, unknown> | null)?.[method] === 'function';
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', message);
}
