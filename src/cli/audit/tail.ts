import { setTimeout as pause } from 'node:timers/promises';
import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { parseEventView } from './event-view.js';
import { formatEvent } from './format-event.js';
import { auditExitCodes } from './exit-codes.js';
import { readFileLines } from './file-lines.js';
import { isDirectory, parseSegmentNumber, listSegments } from './input-files.js';
import { parseOptions } from '../parse-options.js';
import { write } from '../write.js';

export const tailHelp = `Usage: sallyport audit tail DIRECTORY [--lines N] [--session ID] [--follow]

The newest events of a journal, one line each: time, code, session, who, where, what. Nothing is verified.

Options:
  -n, --lines N   how many; 20
  --session ID    of this session only
  -f, --follow    go on with what is written from now on
  -h, --help      this text
`;

const pollIntervalMs = 300;

/** How far a directory was read. */
interface ReadPosition {
  readonly segment: number;
  readonly offset: number;
}

/** `sallyport audit tail`. Throws UsageError. */
export async function tail(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    lines: { type: 'string', short: 'n', default: '20' },
    session: { type: 'string' },
    follow: { type: 'boolean', short: 'f' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(stdout, tailHelp);
  const [directory, ...more] = positionals;
  if (directory === undefined || more.length > 0) throw new UsageError('name one directory');
  if (!/^\d{1,6}$/.test(values.lines)) throw new UsageError('--lines is a number up to 999999');
  if (!(await isDirectory(directory))) throw new UsageError(`${directory} is no directory`);
  const latestEvents: string[] = [];
  let place = await readNewEvents(directory, { segment: 0, offset: 0 }, values.session, async (text) => {
    latestEvents.push(text);
    if (latestEvents.length > Number(values.lines)) latestEvents.shift();
  });
  for (const each of latestEvents) await write(stdout, each);
  while (values.follow === true && !stdout.destroyed) {
    await pause(pollIntervalMs);
    place = await readNewEvents(directory, place, values.session, (text) => write(stdout, text));
  }
  return auditExitCodes.ok;
}

/** Reads whole lines only: one that is being written comes the next time. */
async function readNewEvents(
  directory: string,
  from: ReadPosition,
  session: string | undefined,
  show: (text: string) => Promise<unknown>,
): Promise<ReadPosition> {
  let place = from;
  for (const { path } of await listSegments(directory)) {
    const segment = parseSegmentNumber(path);
    if (segment < place.segment) continue;
    const start = segment === place.segment ? place.offset : 0;
    place = { segment, offset: start };
    for await (const { text, number, complete, end } of readFileLines(path, start)) {
      if (!complete) break;
      place = { segment, offset: end };
      const event = parseEventView(text, { source: path, line: number, log: directory });
      if (event !== undefined && (session === undefined || event.session === session))
        await show(`${formatEvent(event)}\n`);
    }
  }
  return place;
}
