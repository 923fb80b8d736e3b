import type { ApprovalSettings } from './approvals/options.js';
import { defaultLimits } from './config.js';
import type { AuditEvent } from './events.js';
import type { GatewayLimits } from './gateway.js';
import type { Json } from './model.js';
import { formatSchema } from './names.js';
import type { Plugin } from './plugin.js';
import type { AuditLog, Connector } from './ports.js';
import { sha256 } from './sha256.js';

const limitNames = Object.keys(defaultLimits).toSorted() as readonly (keyof GatewayLimits)[];
const parts = ['connections', 'limits', 'plugins', 'approvals'] as const;

/** How a gateway was set up, as far as its core can see: a SHA-256 (hex) for each part, so that a change is seen without being spelled out. */
export type Configuration = Readonly<Record<(typeof parts)[number], string>>;

/** What the core sees of it. */
export interface Configured {
  readonly connections: ReadonlyMap<string, Connector>;
  readonly limits: GatewayLimits;
  readonly plugins: readonly Plugin[];
  readonly approvals: ApprovalSettings | undefined;
}

export async function configurationOf({ connections, limits, plugins, approvals }: Configured): Promise<Configuration> {
  const [offered, capped, loaded, agreed] = await Promise.all([
    digestOf([...connections].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, { engine, address = null, schemas }]) => [name, engine, address, schemas.map(formatSchema).toSorted()])),
    digestOf(limitNames.map((name) => [name, limits[name]])),
    // In their order: guards are asked in it.
    digestOf(plugins.map(({ name }) => name)),
    digestOf(approvals === undefined ? null : [approvals.scope, approvals.pendingPerActor, approvals.reviewableSize, approvals.expiresMs]),
  ]);
  return { connections: offered, limits: capped, plugins: loaded, approvals: agreed };
}

/** What the earlier run was set up with, as its start or its end says; undefined where the log has neither, or cannot tell. */
export async function earlierConfiguration(audit: AuditLog): Promise<Configuration | undefined> {
  return readConfiguration(await audit.newest?.(['gateway.started', 'gateway.stopped']));
}

/** What the record says of a change; undefined where there is none. */
export async function changeOf(before: Configuration | undefined, after: Configuration): Promise<Readonly<Record<string, Json>> | undefined> {
  const changed = before === undefined ? [] : parts.filter((name) => before[name] !== after[name]);
  if (before === undefined || changed.length === 0) return undefined;
  return { before: await versionOf(before), after: await versionOf(after), changed };
}

function readConfiguration(event: AuditEvent | undefined): Configuration | undefined {
  const told = event?.data['config'] as Readonly<Record<string, Json>> | undefined;
  const read = parts.map((name) => [name, told?.[name]] as const);
  return read.every(([, digest]) => typeof digest === 'string') ? (Object.fromEntries(read) as unknown as Configuration) : undefined;
}

function versionOf(configuration: Configuration): Promise<string> {
  return sha256(parts.map((name) => configuration[name]).join('\n'));
}

function digestOf(value: Json): Promise<string> {
  return sha256(JSON.stringify(value));
}
