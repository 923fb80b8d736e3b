import { approval } from '../../mount/answered.js';
import { exitCodes, RefusedError, UsageError, type ExitCode } from '../exit.js';
import type { GatewayClient } from '../gateway/client.js';
import { gatewayOf, gatewayOptions, named } from '../gateway/options.js';
import { widthOf } from '../paper.js';
import { asciiJson } from '../printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { approvalInWords, type Approval } from './approval-words.js';
import { canAsk, confirmed } from './confirm.js';
import { look } from './show.js';

type Decision = 'approve' | 'reject';

const options = { ...gatewayOptions, digest: { type: 'string' }, comment: { type: 'string' } } as const;

/** `sallyport approvals approve` and `reject`: decides on what was shown, and on nothing else. Throws UsageError and RefusedError. */
export async function decide(decision: Decision, args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, name: ticket } = named(args, options, 'ticket');
  const { digest: given, comment } = values;
  if (given !== undefined && !/^[0-9a-f]{64}$/.test(given)) throw new UsageError('--digest is the whole digest: 64 characters of 0-9 and a-f');
  if (given === undefined && !canAsk(streams)) throw new UsageError(`nobody can be asked here: name what was looked at with --digest (sallyport approvals show ${ticket})`);
  if (comment !== undefined && (comment.trim() === '' || comment.length > 1_000)) throw new UsageError('--comment is 1 to 1000 characters');
  const gateway = gatewayOf(values);
  const shown = await look(gateway, ticket);
  await write(streams.stderr, approvalInWords(shown, Date.now(), widthOf(streams.stderr)));
  if (given !== undefined && given !== shown.digest) throw changed('its digest is another one', ticket);
  const may = shown.mine.may || (decision === 'reject' && shown.mine.withdraw === true);
  if (!may) throw new RefusedError(`you may not decide it: ${shown.mine.why ?? 'no reason is given'}`);
  if (given === undefined && !(await confirmed(decision, shown.digest, streams))) {
    await write(streams.stderr, 'Not confirmed: nothing was decided.\n');
    return exitCodes.denied;
  }
  const decided = await send(gateway, ticket, { decision, digest: shown.digest, ...(comment === undefined ? {} : { comment }) });
  return write(streams.stdout, values.json === true ? `${asciiJson(decided)}\n` : `${outcomeOf(decision, decided)}\n`);
}

async function send(gateway: GatewayClient, ticket: string, body: object): Promise<Approval> {
  try {
    return await gateway.ask(approval, 'POST', `/approvals/${ticket}/decision`, { body });
  } catch (error) {
    if (error instanceof RefusedError && error.status === 409) throw changed(error.message, ticket);
    throw error;
  }
}

function changed(why: string, ticket: string): RefusedError {
  return new RefusedError(`what was shown has changed, and nothing was decided: ${why}\nLook again: sallyport approvals show ${ticket}`);
}

function outcomeOf(decision: Decision, { state, ticket }: Approval): string {
  if (decision === 'reject') return `Rejected: ${ticket}`;
  return state === 'pending' ? `Your consent counts; more people must agree: ${ticket}` : `Approved: ${ticket}`;
}
