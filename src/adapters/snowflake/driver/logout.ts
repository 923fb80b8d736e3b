import { setTimeout as wait } from 'node:timers/promises';
import type { DriverConnection } from './api.js';
import type { CancellableAgent } from './cancellable-agent.js';

/** An attempt, and the pauses between attempts, milliseconds: a little over half a minute in all. */
const [attemptMs, pausesMs] = [2_000, [250, 1_000, 2_000, 4_000, 8_000, 0]] as const;

/**
 * Logs out, again and again where the answer does not come, then cuts the line. Resolves true when the engine confirmed
 * it.
 */
export async function logout(connection: DriverConnection, agent: CancellableAgent): Promise<boolean> {
  for (const pause of pausesMs) {
    if (await tryLogout(connection, agent)) {
      agent.shutDown();
      return true;
    }
    await wait(pause, undefined, { ref: false });
  }
  agent.shutDown();
  return false;
}

function tryLogout(connection: DriverConnection, agent: CancellableAgent): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      agent.cancelPending();
      // The driver does not always call back.
      resolve(false);
    }, attemptMs).unref();
    connection.destroy((error) => {
      clearTimeout(timer);
      resolve(error === undefined || error === null);
    });
  });
}
