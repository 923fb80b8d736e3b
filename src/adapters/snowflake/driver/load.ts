import { AccessError } from '../../../core/index.js';
import type { Driver } from './api.js';

/** Read by the driver while it is imported: no probing of cloud metadata, no native add-on, no description of the login. */
const quiet = { SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true', SNOWFLAKE_DISABLE_MINICORE: '1', SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1' } as const;

let loading: Promise<Driver> | undefined;

/** The driver, imported at the first need only, and silenced before that. Throws CONFIG_INVALID where it is not installed. */
export function loadDriver(): Promise<Driver> {
  loading ??= load();
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function load(): Promise<Driver> {
  Object.assign(process.env, quiet);
  // A file named here could switch the driver's own log file on again.
  delete process.env['SF_CLIENT_CONFIG_FILE'];
  const module = await import('snowflake-sdk').catch((error: unknown) => {
    throw new AccessError('CONFIG_INVALID', 'snowflake needs the package snowflake-sdk', { cause: error });
  });
  const driver: Driver = module.default;
  driver.configure({ logLevel: 'OFF', additionalLogToConsole: false, jsonColumnVariantParser: asText, xmlColumnVariantParser: asText });
  return driver;
}

/** The driver's own parser evaluates what is no JSON. Values are read by us, so this is never called; it must be safe all the same. */
function asText(raw: string): string {
  return raw;
}
