import { AccessError } from '../../../core/index.js';
import type { Driver } from './api.js';
import { loadPrivately, type PrivateCopy } from './private-copy.js';
import { forgetConfigurationFiles, tellBrokenChunks, tellStatementTypes } from './inner.js';

/** Read by the driver: no probing of cloud metadata, no native add-on, no description of the login. */
const quiet = {
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true', SNOWFLAKE_DISABLE_MINICORE: '1', SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1',
} as const;

let loading: Promise<Driver> | undefined;

/**
 * A copy of the driver that is ours alone, loaded at the first need only. Its settings, its log and its environment are not those of the copy
 * that the host may use: nothing that is said here changes the host's connections. Throws CONFIG_INVALID where the driver is not installed.
 */
export function loadDriver(): Promise<Driver> {
  loading ??= load();
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function load(): Promise<Driver> {
  const { SF_CLIENT_CONFIG_FILE: _file, ...env } = process.env;
  const { copy, driver } = installed({ ...env, ...quiet });
  tellStatementTypes(copy);
  tellBrokenChunks(copy);
  driver.configure({ logLevel: 'OFF', customLogger: silent, additionalLogToConsole: false, jsonColumnVariantParser: asText, xmlColumnVariantParser: asText });
  return driver;
}

function installed(env: NodeJS.ProcessEnv): { readonly copy: PrivateCopy; readonly driver: Driver } {
  try {
    const copy = loadPrivately('snowflake-sdk', env);
    forgetConfigurationFiles(copy);
    return { copy, driver: copy.main() as Driver };
  } catch (error) {
    if (AccessError.is(error)) throw error;
    throw new AccessError('CONFIG_INVALID', 'snowflake needs the package snowflake-sdk', { cause: error });
  }
}

const ignore = (): void => undefined;
const silent = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore } as const;

/** The driver's own parser evaluates what is no JSON. Values are read by us, so this is never called; it must be safe all the same. */
function asText(raw: string): string {
  return raw;
}
