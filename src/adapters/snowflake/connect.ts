import type { AgentFor } from './driver/api.js';
import type { CredentialProvider, LoginRequest } from './credential.js';
import { CancellableAgent } from './driver/cancellable-agent.js';
import { SnowflakeConnection } from './driver/snowflake-connection.js';
import { loadDriver } from './driver/load-driver.js';
import { createEngineError, createLoginError } from './errors.js';

/** Where the account is. */
export interface Account {
  readonly account: string;
  readonly url: URL;
  readonly agent?: AgentFor;
}

/** Rows the driver reads ahead of whoever takes them. */
const rowHighWaterMark = 1_024;

/** Logs one user in. Throws ENGINE_UNAVAILABLE with the step `credential` or `login`. */
export async function connect(
  { account, url, agent }: Account,
  credentials: CredentialProvider,
  who: LoginRequest,
  signal: AbortSignal,
): Promise<SnowflakeConnection> {
  const driver = await loadDriver();
  const login = await credentials.createLogin(who).catch((error: unknown) => {
    throw createEngineError(error, 'credential');
  });
  try {
    return await SnowflakeConnection.open(
      driver,
      {
        account,
        accessUrl: url.origin,
        role: who.role,
        application: 'Sallyport',
        clientSessionKeepAlive: false,
        sfRetryMaxLoginRetries: 1,
        rowStreamHighWaterMark: rowHighWaterMark,
        ...login,
      },
      new CancellableAgent(url, agent),
      signal,
    );
  } catch (error) {
    throw createLoginError(error);
  }
}
