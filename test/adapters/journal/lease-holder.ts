/**
 * Holds a journal and appends an event every few milliseconds. Prints what became of the opening and of each event, one
 * line each. Killed by its test.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../../src/adapters/journal/index.js';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { AccessError } from '../../../src/core/index.js';
import { quickTimes } from './lease-times.js';

const say = (line: string): unknown => writeSync(1, `${line}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

try {
  const log = await openJournal(
    { directory: process.argv[2] ?? '', format: ocsf({ authority: 'gate-1' }) },
    quickTimes,
  );
  say(`open ${process.pid}`);
  for (;;) {
    const event = sampleEvent('session.opened', { session: 's', data: {} });
    await log.append(event).then(
      () => say(`kept ${event.id}`),
      (error: unknown) =>
        say(
          `refused ${JSON.stringify(AccessError.is(error) ? [error.code, error.detail['reason'], error.message] : String(error))}`,
        ),
    );
    await pause(5);
  }
} catch (error) {
  say(`closed ${AccessError.is(error) ? `${error.code} ${error.message}` : String(error)}`);
}
