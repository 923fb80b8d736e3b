import { write } from '../write.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import type { Streams } from '../streams.js';
import { doctor } from './doctor/doctor.js';
import { setup } from './setup/setup.js';

const help = `Usage: sallyport snowflake <command> [options]

Commands:
  setup    print the SQL that an account's admin runs once
  doctor   check an account, and say what is missing or too wide

sallyport snowflake <command> --help tells more.

Exit codes: 0 done, nothing found; 1 something was found, or could not be seen; 2 wrong command line; 70 the command failed.
`;

/** `sallyport snowflake`. Throws UsageError. */
export async function snowflake([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  if (name === '--help' || name === '-h') return write(streams.stdout, help);
  if (name === 'setup') return setup(args, streams);
  if (name === 'doctor') return doctor(args, streams);
  throw new UsageError(
    name === '' ? 'snowflake needs a command: setup or doctor' : `unknown command ${JSON.stringify(name)}`,
  );
}
