import { snowflakeSql } from './adapters/snowflake-sql/index.js';
import {
  buildGateway,
  readConfig,
  tokens,
  type Analyzer,
  type Container,
  type Promisable,
  type Gateway,
  type Parts,
} from './core/index.js';

/** What every gateway needs: where to go, who may come, what they may do, and where it is written down. */
export type RequiredParts = Promisable<Pick<Parts, 'connections' | 'identity' | 'policy' | 'audit'>>;

/** What has a default: Snowflake's SQL, no approver, no plugins, the documented limits, the system's clock. */
export type OptionalParts = Promisable<Partial<Omit<Parts, keyof RequiredParts>>>;

/**
 * Parts by name, or a container that holds them under `tokens`; what the container holds comes first. A part may be a
 * promise.
 */
export type GatewayConfig =
  | (RequiredParts & OptionalParts & { readonly container?: Container })
  | (Partial<RequiredParts> & OptionalParts & { readonly container: Container });

/**
 * Builds and starts a gateway, which from then on owns its parts and closes them at `shutdown()`. Throws CONFIG_INVALID
 * or CONFIG_DUPLICATE
 * for parts that do not fit or that fail their check (`startCheck`), AUDIT_UNAVAILABLE when the record cannot be
 * written, and whatever a promised part rejects with; in
 * each case the parts that were ready are closed.
 */
export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const { container, ...given } = await readConfig<GatewayConfig>(config);
  const chosen = given.analyzer !== undefined || container?.isRegistered(tokens.analyzer, true) === true;
  return buildGateway(chosen ? given : { ...given, analyzer: warmUp(snowflakeSql()) }, container);
}

/** Loads the parsers in the background, so that the first statement need not wait for them. */
function warmUp(analyzer: Analyzer): Analyzer {
  analyzer.analyze('SELECT 1', { database: 'D', schema: 'S' }, new AbortController().signal).catch(() => undefined);
  return analyzer;
}

export * from './core/index.js';
