import { readdir } from 'node:fs/promises';
import { quarantineSegments as setAside } from '../../adapters/journal/quarantine.js';
import { formatSegmentName, parseSegmentNumber } from '../../adapters/journal/segment.js';
import { AccessError } from '../../core/index.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { auditExitCodes } from './exit-codes.js';

export const quarantineHelp = `Usage: sallyport audit quarantine DIRECTORY --from FILE:LINE | --lost [--dry-run]

For a gateway that does not start because its journal holds what it did not write, or ends before what it noted. Sets
aside everything from a line on, beside where it stood, in files that end in .quarantined; the gateway's note head.json
goes aside, too. The next start writes an audit.gap that tells of it. Keep the files as evidence. A journal that a
process has open is left alone.

Options:
  --from FILE:LINE       the line that the start named: journal-00000003.jsonl:17
  --lost                 the journal's end is gone and cannot be restored: accept that
  --dry-run              only say what would be set aside
  -h, --help             this text

Exit codes: 0 done; 3 wrong command line, no journal, no such line, or a journal that is in use.
`;

/** `sallyport audit quarantine`. Throws UsageError. */
export async function quarantine(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    from: { type: 'string' },
    lost: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(stdout, quarantineHelp);
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1)
    throw new UsageError('quarantine needs the directory of a journal, and no more');
  if ((values.from === undefined) === (values.lost !== true))
    throw new UsageError('name the line with --from, or accept the loss with --lost');
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new UsageError(`${directory} cannot be read`, { cause });
  });
  if (!names.some((name) => parseSegmentNumber(name) !== undefined))
    throw new UsageError(`there is no journal in ${directory}`);
  const dry = values['dry-run'] === true;
  try {
    const found = await setAside({
      directory,
      dry,
      ...(values.from === undefined ? {} : { from: parseLineReference(values.from) }),
    });
    const does = dry ? 'would be' : 'are';
    const lines = found.map(({ segment, offset, bytes, cause }) =>
      cause === 'lost'
        ? `The note head.json ${dry ? 'would be' : 'is'} set aside; the next start tells that the end is lost.\n`
        : `${formatSegmentName(segment)}: ${bytes} bytes from byte ${offset} on ${does} set aside in ${formatSegmentName(segment)}.quarantined\n`,
    );
    await write(stdout, lines.join(''));
    return auditExitCodes.ok;
  } catch (error) {
    if (!AccessError.is(error)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function parseLineReference(text: string): { readonly segment: number; readonly line: number } {
  const at = text.lastIndexOf(':');
  const [segment, line] = [parseSegmentNumber(text.slice(0, at)), Number(text.slice(at + 1))];
  if (segment === undefined || !Number.isSafeInteger(line) || line < 1)
    throw new UsageError('--from is no place like journal-00000003.jsonl:17');
  return { segment, line };
}
