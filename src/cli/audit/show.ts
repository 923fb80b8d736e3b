import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { readEvents, compareEvents, type EventView } from './event-view.js';
import { auditExitCodes } from './exit-codes.js';
import { openRecordLines } from './record-lines.js';
import { parseOptions } from '../parse-options.js';
import { toPrintable } from '../text/printable.js';
import { formatSession } from './format-session.js';
import { kafkaHelp, kafkaOptions } from './kafka-topic.js';
import { write } from '../write.js';

export const showHelp = `Usage: sallyport audit show SESSION DIRECTORY|FILE... | --kafka HOST:PORT

One session: who opened it and for what, each statement with its decision, how long it took and how it ended. What was
changed, or is a stub of an event that is not here, is marked. Chain and signatures are not verified: run sallyport
audit verify first.

Options:
${kafkaHelp}
  -h, --help             this text

Exit codes: 0 shown; 1 there is no such session; 3 wrong command line, or an input that cannot be read or is empty.
`;

/** `sallyport audit show`. Throws UsageError. */
export async function show(args: readonly string[], { stdout, stderr }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, { ...kafkaOptions, help: { type: 'boolean', short: 'h' } });
  if (values.help === true) return write(stdout, showHelp);
  const [session, ...named] = positionals;
  if (session === undefined || session === '') throw new UsageError('name a session, then the files or directories');
  const events = new Map<string, EventView>();
  let read = 0;
  for await (const event of readEvents(await openRecordLines(named, values))) {
    read += 1;
    // The same event comes again; what nothing proves gives way.
    if (event.session === session && (event.proofFailure === undefined || !events.has(event.id)))
      events.set(event.id, event);
  }
  if (read === 0) throw new UsageError('there is no event in the record');
  if (events.size === 0) {
    stderr.write(`sallyport: there is no event of session ${toPrintable(session)}\n`);
    return auditExitCodes.wrong;
  }
  return write(stdout, formatSession(session, [...events.values()].toSorted(compareEvents)));
}
