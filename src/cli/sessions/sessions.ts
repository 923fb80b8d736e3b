import type { z } from 'zod';
import { session, sessions as sessionsForm } from '../../http/server/response-schemas.js';
import { formatTimeLeft } from '../text/time-left.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import {
  gatewayHelp,
  createGatewayClient,
  gatewayOptions,
  parseNameAndOptions,
  parseOptionsOnly,
} from '../gateway/gateway-options.js';
import { formatTable, getTerminalWidth } from '../text/layout.js';
import { toAsciiJson, toPrintable } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { printRecord } from './record.js';

const help = `Usage: sallyport sessions list --url URL
       sallyport sessions record SESSION --url URL
       sallyport sessions revoke SESSION --url URL [--comment TEXT]

The live sessions that you oversee, at a running gateway. revoke ends one now: what runs in it is cancelled, and the path
is gone. Revoking one that is over is no error. record writes the events of one, yours or one that you oversee, oldest
first, page by page: with --json one line for each page.

Options:
${gatewayHelp}
  --comment TEXT     of revoke: why, for the record, at most 1000 characters

Exit codes: 0 listed, or the session is over. 1 the gateway said no. 2 wrong command line. 70 the gateway cannot be
asked, or failed.
`;

type Session = z.infer<typeof session>;

type Command = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['list', list],
  ['record', printRecord],
  ['revoke', revoke],
]);

/** `sallyport sessions`. Throws UsageError and RefusedError. */
export async function sessions([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  if (name === '--help' || name === '-h' || args.includes('--help') || args.includes('-h'))
    return write(streams.stdout, help);
  const command = commands.get(name);
  if (command === undefined)
    throw new UsageError(name === '' ? 'sessions needs a command' : `unknown command ${JSON.stringify(name)}`);
  return command(args, streams);
}

async function list(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const values = parseOptionsOnly(args, gatewayOptions);
  const answer = await createGatewayClient(values).request(sessionsForm, 'GET', '/sessions');
  return write(
    stdout,
    values.json === true
      ? `${toAsciiJson(answer)}\n`
      : formatSessions(answer.sessions, Date.now(), getTerminalWidth(stdout)),
  );
}

async function revoke(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, name } = parseNameAndOptions(args, { ...gatewayOptions, comment: { type: 'string' } }, 'session');
  const { comment } = values;
  if (comment !== undefined && (comment.trim() === '' || comment.length > 1_000))
    throw new UsageError('--comment is 1 to 1000 characters');
  const ended = await createGatewayClient(values).request(
    session,
    'DELETE',
    `/sessions/${name}?revoke`,
    comment === undefined ? {} : { body: { comment } },
  );
  const words =
    ended.endedBy === 'revoked'
      ? `Revoked: ${ended.id}, of ${formatRequester(ended)}`
      : `It was over already (${ended.endedBy ?? ended.state}): ${ended.id}`;
  return write(stdout, values.json === true ? `${toAsciiJson(ended)}\n` : `${toPrintable(words)}\n`);
}

/** One line each; the reason is in words of the agent's own. */
function formatSessions(live: readonly Session[], now: number, width: number): string {
  if (live.length === 0) return 'Nothing.\n';
  const rows = live.map((each) => [
    each.id,
    each.breakGlass === true ? 'glass' : each.access,
    formatTimeLeft(each.expiresAt, now),
    `${each.connection} ${each.schema}`,
    formatRequester(each),
    each.reason,
  ]);
  return formatTable(['SESSION', 'ACCESS', 'LEFT', 'WHERE', 'WHO', 'REASON'], rows, [3, 4, 5], width);
}

function formatRequester({ principal, actor }: Session): string {
  return principal === actor ? principal : `${actor} for ${principal}`;
}
