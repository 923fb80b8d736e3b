import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { decide } from './decide.js';
import { approvalsHelp } from './help.js';
import { list } from './list.js';
import { show } from './show.js';

type Command = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['list', list],
  ['show', show],
  ['approve', (args, streams) => decide('approve', args, streams)],
  ['reject', (args, streams) => decide('reject', args, streams)],
]);

/** `sallyport approvals`. Throws UsageError and RefusedError. */
export async function approvals([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  if (name === '--help' || name === '-h' || args.includes('--help') || args.includes('-h'))
    return write(streams.stdout, approvalsHelp);
  const command = commands.get(name);
  if (command === undefined)
    throw new UsageError(name === '' ? 'approvals needs a command' : `unknown command ${JSON.stringify(name)}`);
  return command(args, streams);
}
