import type { ApprovalSettings } from '../approvals/options.js';
import { defaultLimits } from '../config.js';
import type { AuditEvent } from '../events.js';
import type { GatewayLimits } from '../gateway.js';
import type { Json } from '../model.js';
import { formatSchema } from '../data/names.js';
import type { Plugin } from '../plugin.js';
import type { AuditLog, Connector } from '../ports.js';
import { hashSha256 } from '../data/sha256.js';

const limitNames = Object.keys(defaultLimits).toSorted() as readonly (keyof GatewayLimits)[];
const fingerprintParts = ['connections', 'limits', 'plugins', 'approvals'] as const;

/**
 * How a gateway was set up, as far as its core can see: a SHA-256 (hex) for each part, so that a change is seen without
 * being spelled out.
 */
export type ConfigFingerprint = Readonly<Record<(typeof fingerprintParts)[number], string>>;

/** What the core sees of it. */
export interface FingerprintedConfig {
  readonly connections: ReadonlyMap<string, Connector>;
  readonly limits: GatewayLimits;
  readonly plugins: readonly Plugin[];
  readonly approvals: ApprovalSettings | undefined;
}

export async function computeConfigFingerprint({
  connections,
  limits,
  plugins,
  approvals,
}: FingerprintedConfig): Promise<ConfigFingerprint> {
  const [offered, capped, loaded, agreed] = await Promise.all([
    hashJson(
      [...connections]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, { engine, address = null, schemas }]) => [
          name,
          engine,
          address,
          schemas.map(formatSchema).toSorted(),
        ]),
    ),
    hashJson(limitNames.map((name) => [name, limits[name]])),
    // In their order: guards are asked in it.
    hashJson(plugins.map(({ name }) => name)),
    hashJson(
      approvals === undefined
        ? null
        : [approvals.scope, approvals.pendingPerActor, approvals.reviewableSize, approvals.expiresMs],
    ),
  ]);
  return { connections: offered, limits: capped, plugins: loaded, approvals: agreed };
}

/**
 * What the earlier run was set up with, as its start or its end says; undefined where the log has neither, or cannot
 * tell.
 */
export async function readPreviousFingerprint(audit: AuditLog): Promise<ConfigFingerprint | undefined> {
  return parseFingerprint(await audit.newest?.(['gateway.started', 'gateway.stopped']));
}

/** What the record says of a change; undefined where there is none. */
export async function describeConfigChange(
  before: ConfigFingerprint | undefined,
  after: ConfigFingerprint,
): Promise<Readonly<Record<string, Json>> | undefined> {
  const changed = before === undefined ? [] : fingerprintParts.filter((name) => before[name] !== after[name]);
  if (before === undefined || changed.length === 0) return undefined;
  return { before: await hashFingerprint(before), after: await hashFingerprint(after), changed };
}

function parseFingerprint(event: AuditEvent | undefined): ConfigFingerprint | undefined {
  const told = event?.data['config'] as Readonly<Record<string, Json>> | undefined;
  const read = fingerprintParts.map((name) => [name, told?.[name]] as const);
  return read.every(([, digest]) => typeof digest === 'string')
    ? (Object.fromEntries(read) as unknown as ConfigFingerprint)
    : undefined;
}

function hashFingerprint(configuration: ConfigFingerprint): Promise<string> {
  return hashSha256(fingerprintParts.map((name) => configuration[name]).join('\n'));
}

function hashJson(value: Json): Promise<string> {
  return hashSha256(JSON.stringify(value));
}
