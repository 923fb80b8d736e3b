import type { z } from 'zod';
import { reinstated, suspended, suspensions } from '../../http/server/response-schemas.js';
import { formatTimeLeft } from '../text/time-left.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import { gatewayHelp, createGatewayClient, gatewayOptions, parseOptionsOnly } from '../gateway/gateway-options.js';
import { parseOptions } from '../parse-options.js';
import { formatTable, getTerminalWidth } from '../text/layout.js';
import { toAsciiJson, toPrintable } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';

const help = `Usage: sallyport actors list --url URL
       sallyport actors suspend ACTOR --url URL [--for SECONDS] [--comment TEXT]
       sallyport actors reinstate ACTOR --url URL [--comment TEXT]

The actors that are suspended where you oversee, at a running gateway. suspend ends the live sessions of an actor there,
makes its tickets void, and lets it open and run nothing until the time is over. reinstate ends that before its time.
ACTOR is the id that sessions and the record name, such as idp:orders-agent; an id that no session has is taken, too.

Options:
${gatewayHelp}
  --for SECONDS      of suspend: for how long, at most 2592000 (30 days); an hour where it is left out
  --comment TEXT     of suspend and reinstate: why, for the record, at most 1000 characters

Exit codes: 0 listed, suspended or reinstated. 1 the gateway said no. 2 wrong command line. 70 the gateway cannot be
asked, or failed.
`;

const maxSuspensionSeconds = 2_592_000;
const commentOptions = { ...gatewayOptions, comment: { type: 'string' } } as const;

type Suspension = z.infer<typeof suspensions>['suspensions'][number];

type Command = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const commands: ReadonlyMap<string, Command> = new Map([
  ['list', list],
  ['suspend', suspend],
  ['reinstate', reinstate],
]);

/** `sallyport actors`. Throws UsageError and RefusedError. */
export async function actors([name = '', ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  const helped = [name, ...args].some((each) => each === '--help' || each === '-h');
  if (helped) return write(streams.stdout, help);
  const command = commands.get(name);
  if (command !== undefined) return command(args, streams);
  throw new UsageError(name === '' ? 'actors needs a command' : `unknown command ${JSON.stringify(name)}`);
}

async function list(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const values = parseOptionsOnly(args, gatewayOptions);
  const answer = await createGatewayClient(values).request(suspensions, 'GET', '/suspensions');
  const words = () => formatSuspensions(answer.suspensions, Date.now(), getTerminalWidth(stdout));
  return write(stdout, values.json === true ? `${toAsciiJson(answer)}\n` : words());
}

async function suspend(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, { ...commentOptions, for: { type: 'string' } });
  const body = { actor: parseActor(positionals), ...parseDuration(values.for), ...parseComment(values.comment) };
  const made = await createGatewayClient(values).request(suspended, 'POST', '/suspensions', { body });
  const ended = `sessions revoked: ${made.sessions.length}, tickets void: ${made.tickets.length}`;
  const words = `Suspended: ${made.actor}, until ${made.expiresAt}, on ${formatScopes(made)}; ${ended}`;
  return write(stdout, values.json === true ? `${toAsciiJson(made)}\n` : `${toPrintable(words)}\n`);
}

async function reinstate(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, commentOptions);
  const path = `/suspensions?actor=${encodeURIComponent(parseActor(positionals))}`;
  const over = await createGatewayClient(values).request(reinstated, 'DELETE', path, {
    body: parseComment(values.comment),
  });
  const words = `Reinstated: ${over.actor}, on ${formatScopes(over)}`;
  return write(stdout, values.json === true ? `${toAsciiJson(over)}\n` : `${toPrintable(words)}\n`);
}

function parseActor([actor, ...more]: readonly string[]): string {
  if (actor === undefined || more.length > 0) throw new UsageError('name one actor');
  const isNone = actor.trim() === '' || actor.length > 255;
  if (isNone) throw new UsageError(`${JSON.stringify(actor)} is no actor`);
  return actor;
}

function parseDuration(text: string | undefined): { readonly ttl?: number } {
  if (text === undefined) return {};
  const ttl = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (ttl < 1 || ttl > maxSuspensionSeconds)
    throw new UsageError(`--for is a number of seconds from 1 to ${maxSuspensionSeconds}`);
  return { ttl };
}

function parseComment(comment: string | undefined): { readonly comment?: string } {
  if (comment === undefined) return {};
  if (comment.trim() === '' || comment.length > 1_000) throw new UsageError('--comment is 1 to 1000 characters');
  return { comment };
}

function formatSuspensions(held: readonly Suspension[], now: number, width: number): string {
  if (held.length === 0) return 'Nothing.\n';
  const rows = held.map((each) => [
    each.actor,
    formatTimeLeft(each.expiresAt, now),
    formatScopes(each),
    each.by.id,
    each.comment ?? '',
  ]);
  return formatTable(['ACTOR', 'LEFT', 'WHERE', 'BY', 'COMMENT'], rows, [2, 3, 4], width);
}

function formatScopes({ places }: Pick<Suspension, 'places'>): string {
  return places.map(({ connection, schemas }) => `${connection} ${schemas.join(', ')}`).join('; ');
}
