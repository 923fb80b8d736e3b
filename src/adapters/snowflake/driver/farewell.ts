import { setTimeout as wait } from 'node:timers/promises';
import type { DriverConnection } from './api.js';
import type { Lifeline } from './lifeline.js';

/** An attempt, and the pauses between attempts, milliseconds: a little over half a minute in all. */
const [attemptMs, pausesMs] = [2_000, [250, 1_000, 2_000, 4_000, 8_000, 0]] as const;

/** Logs out, again and again where the answer does not come, then cuts the line. Resolves true when the engine confirmed it. */
export async function farewell(connection: DriverConnection, lifeline: Lifeline): Promise<boolean> {
  for (const pause of pausesMs) {
    if (await attempt(connection, lifeline)) {
      lifeline.cut();
      return true;
    }
    await wait(pause, undefined, { ref: false });
  }
  lifeline.cut();
  return false;
}

function attempt(connection: DriverConnection, lifeline: Lifeline): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      lifeline.drop();
      // The driver does not always call back.
      resolve(false);
    }, attemptMs).unref();
    connection.destroy((error) => {
      clearTimeout(timer);
      resolve(error === undefined || error === null);
    });
  });
}
