import { setTimeout as pause } from 'node:timers/promises';
import { approval } from '../../http/server/response-schemas.js';
import { exitCodes, UsageError, type ExitCode } from '../exit-codes.js';
import type { GatewayClient } from '../gateway/gateway-client.js';
import { createGatewayClient, gatewayOptions, parseNameAndOptions } from '../gateway/gateway-options.js';
import { getTerminalWidth } from '../text/layout.js';
import { toAsciiJson } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { formatApproval, type ApprovalResponse } from './format-approval.js';

const [maxWaitSeconds, pollSeconds, pollPauseMs] = [86_400, 30, 1_000];

/** `sallyport approvals show`. Throws UsageError and RefusedError. */
export async function show(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, name } = parseNameAndOptions(args, { ...gatewayOptions, wait: { type: 'string' } }, 'ticket');
  const seconds = values.wait === undefined ? undefined : parseWait(values.wait);
  const gateway = createGatewayClient(values);
  const found = await (seconds === undefined ? fetchApproval(gateway, name) : waitForDecision(gateway, name, seconds));
  await write(
    stdout,
    values.json === true ? `${toAsciiJson(found)}\n` : formatApproval(found, Date.now(), getTerminalWidth(stdout)),
  );
  return seconds === undefined ? exitCodes.done : selectExitCode(found);
}

/** The approval of a ticket as it is now, or as soon as it changes within so many seconds. */
export function fetchApproval(gateway: GatewayClient, ticket: string, waitSeconds = 0): Promise<ApprovalResponse> {
  return gateway.request(approval, 'GET', `/approvals/${ticket}`, { waitSeconds });
}

async function waitForDecision(gateway: GatewayClient, ticket: string, seconds: number): Promise<ApprovalResponse> {
  const until = performance.now() + seconds * 1_000;
  for (;;) {
    const left = Math.ceil((until - performance.now()) / 1_000);
    const found = await fetchApproval(gateway, ticket, Math.max(0, Math.min(left, pollSeconds)));
    if (found.state !== 'pending' || performance.now() >= until) return found;
    // A gateway that does not wait is not asked in a loop.
    await pause(Math.min(pollPauseMs, Math.max(0, until - performance.now())));
  }
}

function parseWait(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > maxWaitSeconds)
    throw new UsageError(`--wait is a number of seconds from 1 to ${maxWaitSeconds}`);
  return seconds;
}

function selectExitCode({ state }: ApprovalResponse): ExitCode {
  if (state === 'pending') return exitCodes.approval;
  return state === 'approved' || state === 'used' ? exitCodes.done : exitCodes.denied;
}
