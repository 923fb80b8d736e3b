import { readdir } from 'node:fs/promises';
import { repairJournal } from '../../adapters/journal/repair.js';
import { ocsf } from '../../adapters/ocsf/index.js';
import { formatSegmentName, parseSegmentNumber } from '../../adapters/journal/segment.js';
import { AccessError } from '../../core/index.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { auditExitCodes } from './exit-codes.js';

export const repairHelp = `Usage: sallyport audit repair DIRECTORY [options]

Does to a journal what the next start of its gateway would do: what a crash or a power cut left unfinished at its end is
set aside in a .torn file beside it, and the next start writes an audit.gap that tells of it. What was acknowledged is
never set aside: where that is damaged, nothing is changed. A journal that a process has open is left alone.

Options:
  --dry-run              only say what would be set aside
  -h, --help             this text

Exit codes: 0 done, or there is nothing to do; 1 what was acknowledged is damaged; 3 wrong command line, no journal, or
one that is in use.
`;

/** `sallyport audit repair`. Throws UsageError. */
export async function repair(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return write(streams.stdout, repairHelp);
  const [directory] = positionals;
  if (directory === undefined || positionals.length > 1)
    throw new UsageError('repair needs the directory of a journal, and no more');
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new UsageError(`${directory} cannot be read`, { cause });
  });
  if (!names.some((name) => parseSegmentNumber(name) !== undefined))
    throw new UsageError(`there is no journal in ${directory}`);
  const dry = values['dry-run'] === true;
  try {
    const torn = await repairJournal({ directory, format: ocsf(), dry });
    const does = dry ? 'would be' : 'are';
    const lines = torn.map(
      ({ segment, offset, bytes }) =>
        `${formatSegmentName(segment)}: ${bytes} bytes from byte ${offset} on ${does} set aside in ${formatSegmentName(segment)}.torn\n`,
    );
    return await write(streams.stdout, lines.length === 0 ? 'There is nothing to set aside.\n' : lines.join(''));
  } catch (error) {
    if (!AccessError.is(error)) throw error;
    if (error.detail['reason'] === 'in_use') throw new UsageError(error.message, { cause: error });
    streams.stderr.write(`sallyport: ${error.message}. Nothing was changed.\n`);
    return auditExitCodes.wrong;
  }
}
