import { approval } from '../../http/server/response-schemas.js';
import { exitCodes, RequestRefusedError, UsageError, type ExitCode } from '../exit-codes.js';
import type { GatewayClient } from '../gateway/gateway-client.js';
import { createGatewayClient, gatewayOptions, parseNameAndOptions } from '../gateway/gateway-options.js';
import { getTerminalWidth } from '../text/layout.js';
import { toAsciiJson } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { formatApproval, type ApprovalResponse } from './format-approval.js';
import { isInteractive, confirmDigest } from './confirm.js';
import { fetchApproval } from './show.js';

type Decision = 'approve' | 'reject';

const options = { ...gatewayOptions, digest: { type: 'string' }, comment: { type: 'string' } } as const;

/**
 * `sallyport approvals approve` and `reject`: decides on what was shown, and on nothing else. Throws UsageError and
 * RefusedError.
 */
export async function decide(decision: Decision, args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, name: ticket } = parseNameAndOptions(args, options, 'ticket');
  const { digest: given, comment } = values;
  if (given !== undefined && !/^[0-9a-f]{64}$/.test(given))
    throw new UsageError('--digest is the whole digest: 64 characters of 0-9 and a-f');
  if (given === undefined && !isInteractive(streams))
    throw new UsageError(
      `nobody can be asked here: name what was looked at with --digest (sallyport approvals show ${ticket})`,
    );
  if (comment !== undefined && (comment.trim() === '' || comment.length > 1_000))
    throw new UsageError('--comment is 1 to 1000 characters');
  const gateway = createGatewayClient(values);
  const shown = await fetchApproval(gateway, ticket);
  await write(streams.stderr, formatApproval(shown, Date.now(), getTerminalWidth(streams.stderr)));
  if (given !== undefined && given !== shown.digest) throw createChangedError('its digest is another one', ticket);
  const may = shown.mine.may || (decision === 'reject' && shown.mine.withdraw === true);
  if (!may) throw new RequestRefusedError(`you may not decide it: ${shown.mine.why ?? 'no reason is given'}`);
  if (given === undefined && !(await confirmDigest(decision, shown.digest, streams))) {
    await write(streams.stderr, 'Not confirmed: nothing was decided.\n');
    return exitCodes.denied;
  }
  const decided = await sendDecision(gateway, ticket, {
    decision,
    digest: shown.digest,
    ...(comment === undefined ? {} : { comment }),
  });
  return write(
    streams.stdout,
    values.json === true ? `${toAsciiJson(decided)}\n` : `${formatOutcome(decision, decided)}\n`,
  );
}

async function sendDecision(gateway: GatewayClient, ticket: string, body: object): Promise<ApprovalResponse> {
  try {
    return await gateway.request(approval, 'POST', `/approvals/${ticket}/decision`, { body });
  } catch (error) {
    if (error instanceof RequestRefusedError && error.status === 409) throw createChangedError(error.message, ticket);
    throw error;
  }
}

function createChangedError(why: string, ticket: string): RequestRefusedError {
  return new RequestRefusedError(
    `what was shown has changed, and nothing was decided: ${why}\nLook again: sallyport approvals show ${ticket}`,
  );
}

function formatOutcome(decision: Decision, { state, ticket }: ApprovalResponse): string {
  if (decision === 'reject') return `Rejected: ${ticket}`;
  return state === 'pending' ? `Your consent counts; more people must agree: ${ticket}` : `Approved: ${ticket}`;
}
