import type { AgentFor } from './driver/api.js';
import type { Keeper, LoginFor } from './credential.js';
import { Lifeline } from './driver/lifeline.js';
import { Link } from './driver/link.js';
import { loadDriver } from './driver/load.js';
import { engineFailure, loginFailure } from './failure.js';

/** Where the account is. */
export interface Account {
  readonly account: string;
  readonly url: URL;
  readonly agent?: AgentFor;
}

/** Rows the driver reads ahead of whoever takes them. */
const readAhead = 1_024;

/** Logs one user in. Throws ENGINE_UNAVAILABLE with the step `credential` or `login`. */
export async function dial({ account, url, agent }: Account, keeper: Keeper, who: LoginFor, signal: AbortSignal): Promise<Link> {
  const driver = await loadDriver();
  const login = await keeper.login(who).catch((error: unknown) => {
    throw engineFailure(error, 'credential');
  });
  try {
    return await Link.open(driver, {
      account, accessUrl: url.origin, role: who.role, application: 'Sallyport', clientSessionKeepAlive: false, sfRetryMaxLoginRetries: 1, rowStreamHighWaterMark: readAhead, ...login,
    }, new Lifeline(url, agent), signal);
  } catch (error) {
    throw loginFailure(error);
  }
}
