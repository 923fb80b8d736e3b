import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { auditExitCodes } from './exit-codes.js';
import { quarantine } from './quarantine.js';
import { reconcile } from './reconcile.js';
import { repair } from './repair.js';
import { schema } from './schema.js';
import { show } from './show.js';
import { tail } from './tail.js';
import { verify } from './verify.js';
import { write } from '../write.js';

type Command = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['verify', verify],
  ['tail', tail],
  ['show', show],
  ['reconcile', reconcile],
  ['repair', repair],
  ['quarantine', quarantine],
  ['schema', schema],
]);

export const auditHelp = `Usage: sallyport audit <command> [options]

Commands:
  verify      check that a record is whole and as it was written
  tail        the newest events, one line each
  show        one session from its request to its end
  reconcile   compare the record with Snowflake's query history
  repair      set aside what a crash left unfinished at the end of a journal
  quarantine  set aside what a gateway did not write, where it refuses to start
  schema      the JSON Schema of an event

sallyport audit <command> --help tells more.

Exit codes: 0 success; 1 tampered with, or it does not agree; 2 incomplete; 3 wrong command line, or an input that
cannot be read or is empty.
`;

/** `sallyport audit`. */
export async function audit([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  if (name === '--help' || name === '-h') return write(streams.stdout, auditHelp);
  const command = commands.get(name);
  try {
    if (command === undefined)
      throw new UsageError(name === '' ? 'audit needs a command' : `unknown command ${JSON.stringify(name)}`);
    return await command(args, streams);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.stderr.write(
      `sallyport: ${error.message}\nTry sallyport audit ${command === undefined ? '' : `${name} `}--help.\n`,
    );
    return auditExitCodes.input;
  }
}
