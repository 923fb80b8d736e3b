import { UsageError, type ExitCode } from '../exit.js';
import type { Streams } from '../streams.js';
import { eventsOf, inOrder, type Shown } from './event.js';
import { auditExits } from './exit.js';
import { recordLines } from './lines.js';
import { parsed } from '../options.js';
import { printable } from '../printable.js';
import { sessionInWords } from './session-words.js';
import { kafkaHelp, kafkaOptions } from './topic.js';
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
  const { values, positionals } = parsed(args, { ...kafkaOptions, help: { type: 'boolean', short: 'h' } });
  if (values.help === true) return write(stdout, showHelp);
  const [session, ...named] = positionals;
  if (session === undefined || session === '') throw new UsageError('name a session, then the files or directories');
  const events = new Map<string, Shown>();
  let read = 0;
  for await (const event of eventsOf(await recordLines(named, values))) {
    read += 1;
    // The same event comes again; what nothing proves gives way.
    if (event.session === session && (event.doubt === undefined || !events.has(event.id))) events.set(event.id, event);
  }
  if (read === 0) throw new UsageError('there is no event in the record');
  if (events.size === 0) {
    stderr.write(`sallyport: there is no event of session ${printable(session)}\n`);
    return auditExits.wrong;
  }
  return write(stdout, sessionInWords(session, [...events.values()].toSorted(inOrder)));
}
