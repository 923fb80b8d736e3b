import { AccessError } from '../../../core/index.js';
import type { Driver } from './api.js';
import { loadPrivately, type PrivateCopy } from './private-copy.js';
import { disableConfigurationFiles, exposeBrokenChunks, exposeStatementTypes } from './patches.js';

/** Read by the driver: no probing of cloud metadata, no native add-on, no description of the login. */
const quietEnvironment = {
  SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
  SNOWFLAKE_DISABLE_MINICORE: '1',
  SF_TELEMETRY_DISABLE_CONNECTION_SHAPE: '1',
} as const;

let loading: Promise<Driver> | undefined;

/**
 * A copy of the driver that is ours alone, loaded at the first need only. Its settings, its log and its environment are
 * not those of the copy
 * that the host may use: nothing that is said here changes the host's connections. Throws CONFIG_INVALID where the
 * driver is not installed.
 */
export function loadDriver(): Promise<Driver> {
  loading ??= loadPatched();
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function loadPatched(): Promise<Driver> {
  const { SF_CLIENT_CONFIG_FILE: _file, ...env } = process.env;
  const { copy, driver } = loadInstalled({ ...env, ...quietEnvironment });
  exposeStatementTypes(copy);
  exposeBrokenChunks(copy);
  driver.configure({
    logLevel: 'OFF',
    customLogger: silentLogger,
    additionalLogToConsole: false,
    jsonColumnVariantParser: keepText,
    xmlColumnVariantParser: keepText,
  });
  return driver;
}

function loadInstalled(env: NodeJS.ProcessEnv): { readonly copy: PrivateCopy; readonly driver: Driver } {
  try {
    const copy = loadPrivately('snowflake-sdk', env);
    disableConfigurationFiles(copy);
    return { copy, driver: copy.main() as Driver };
  } catch (error) {
    if (AccessError.is(error)) throw error;
    throw new AccessError('CONFIG_INVALID', 'snowflake needs the package snowflake-sdk', { cause: error });
  }
}

const ignoreLog = (): void => undefined;
const silentLogger = {
  error: ignoreLog,
  warn: ignoreLog,
  info: ignoreLog,
  debug: ignoreLog,
  trace: ignoreLog,
} as const;

/**
 * The driver's own parser evaluates what is no JSON. Values are read by us, so this is never called; it must be safe
 * all the same.
 */
function keepText(raw: string): string {
  return raw;
}
