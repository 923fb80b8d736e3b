import { readFileSync } from 'node:fs';
import { actors } from './actors/actors.js';
import { analyze } from './analyze/analyze.js';
import { approvals } from './approvals/approvals.js';
import { audit } from './audit/audit.js';
import { exitCodes, RequestRefusedError, UsageError, type ExitCode } from './exit-codes.js';
import { mcp } from './mcp/mcp.js';
import { sessions } from './sessions/sessions.js';
import { snowflake } from './snowflake/snowflake.js';
import type { Streams } from './streams.js';

type Command = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['actors', actors],
  ['analyze', analyze],
  ['approvals', approvals],
  ['audit', audit],
  ['mcp', mcp],
  ['sessions', sessions],
  ['snowflake', snowflake],
]);

const help = `Usage: sallyport <command> [options]

Commands:
  actors     suspend and reinstate actors, and list who is suspended, at a running gateway
  analyze    say what Snowflake statements do, and whether a plain policy lets them run
  approvals  list, show and decide what agents ask of people, at a running gateway
  audit      verify, read and reconcile the record
  mcp        connect an MCP client that speaks only over standard input and output
  sessions   list and revoke live sessions, and read the record of one, at a running gateway
  snowflake  print the SQL that prepares an account; check whether an account is prepared

Options:
  -h, --help      this text; sallyport <command> --help for more
  -V, --version   the version

Exit codes: 0 done; 1 denied or refused, or part of the input could not be used; 2 wrong command line; 3 needs approval; 70 the command failed.
Those of audit are its own: sallyport audit --help.
`;

/** Runs one command line to its end. Never rejects: what goes wrong is said on `stderr` and in the exit code. */
export async function run(args: readonly string[], streams: Streams): Promise<ExitCode> {
  try {
    return await runCommand(args, streams);
  } catch (error) {
    return reportError(error, streams, selectHelpCommand(args));
  }
}

const nestedCommands: ReadonlyMap<string, readonly string[]> = new Map([['snowflake', ['setup', 'doctor']]]);

/** The command line that prints the help for this one. */
function selectHelpCommand([name = '', second = '']: readonly string[]): string {
  if (!commands.has(name)) return 'sallyport --help';
  return `sallyport ${nestedCommands.get(name)?.includes(second) === true ? `${name} ${second}` : name} --help`;
}

/** Says what ended a command early; a reader that left needs no words. */
export function reportError(error: unknown, { stderr }: Streams, advised = 'sallyport --help'): ExitCode {
  if (error instanceof UsageError) {
    stderr.write(`sallyport: ${error.message}\nTry ${advised}.\n`);
    return exitCodes.usage;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof RequestRefusedError) {
    stderr.write(`sallyport: ${message}\n`);
    return exitCodes.denied;
  }
  if (code !== 'EPIPE') stderr.write(`sallyport: ${message}\n`);
  return exitCodes.failed;
}

async function runCommand([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  if (name === '--help' || name === '-h') return print(streams, help);
  if (name === '--version' || name === '-V') return print(streams, `${readVersion()}\n`);
  const command = commands.get(name);
  if (command === undefined)
    throw new UsageError(name === '' ? 'no command' : `unknown command or option ${JSON.stringify(name)}`);
  return command(args, streams);
}

function print({ stdout }: Streams, text: string): ExitCode {
  stdout.write(text);
  return exitCodes.done;
}

function readVersion(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
}
