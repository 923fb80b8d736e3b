import { snowflakeSql } from './adapters/snowflake-sql/index.js';
import { buildGateway, tokens, type Analyzer, type Container, type Gateway, type Parts } from './core/index.js';

type Eventually<Some> = { readonly [Name in keyof Some]: Some[Name] | Promise<NonNullable<Some[Name]>> };

/** What every gateway needs: where to go, who may come, what they may do, and where it is written down. */
export type NeededParts = Eventually<Pick<Parts, 'connections' | 'identity' | 'policy' | 'audit'>>;

/** What has a default: Snowflake's SQL, no approver, no plugins, the documented limits, the system's clock. */
export type OptionalParts = Eventually<Partial<Omit<Parts, keyof NeededParts>>>;

/** Parts by name, or a container that holds them under `tokens`; what the container holds comes first. A part may be a promise. */
export type GatewayConfig =
  | (NeededParts & OptionalParts & { readonly container?: Container })
  | (Partial<NeededParts> & OptionalParts & { readonly container: Container });

/**
 * Builds and starts a gateway, which from then on owns its parts and closes them at `shutdown()`. Throws CONFIG_INVALID or CONFIG_DUPLICATE
 * for parts that do not fit, AUDIT_UNAVAILABLE when the record cannot be written, and whatever a promised part rejects with; in each case
 * the parts that were ready are closed.
 */
export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const { container, ...given } = config;
  const parts = await ready(given);
  const chosen = parts.analyzer !== undefined || container?.isRegistered(tokens.analyzer, true) === true;
  return buildGateway(chosen ? parts : { ...parts, analyzer: warm(snowflakeSql()) }, container);
}

/** Loads the parsers in the background, so that the first statement need not wait for them. */
function warm(analyzer: Analyzer): Analyzer {
  analyzer.analyze('SELECT 1', { database: 'D', schema: 'S' }, new AbortController().signal).catch(() => undefined);
  return analyzer;
}

async function ready(given: Partial<NeededParts> & OptionalParts): Promise<Partial<Parts>> {
  const names = Object.keys(given);
  const settled = await Promise.allSettled(Object.values<unknown>(given));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed === undefined) return Object.fromEntries(settled.map((each, index) => [names[index], (each as PromiseFulfilledResult<unknown>).value]));
  for (const each of settled) {
    if (each.status === 'fulfilled') await Promise.resolve((each.value as { close?(): unknown } | undefined)?.close?.()).catch(() => undefined);
  }
  throw failed.reason;
}

export * from './core/index.js';
