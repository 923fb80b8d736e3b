/**
 * Appends without end, many at once, and prints the id of each event, into a file, once it is durable. Killed by its
 * test.
 */
import { writeSync } from 'node:fs';
import { journal } from './plain.js';
import { sampleEvent } from '../../../src/core/contract/index.js';

const log = await journal({ directory: process.argv[2] ?? '', segmentBytes: 100_000 });
const writer = async (session: string): Promise<never> => {
  for (let turn = 0; ; turn += 1) {
    const event = sampleEvent('statement.authorized', { session, statement: `${session}-${turn}`, data: { turn } });
    await log.append(event);
    writeSync(1, `${event.id}\n`);
  }
};
await Promise.all(Array.from({ length: 64 }, (_, index) => writer(`s${index}`)));
