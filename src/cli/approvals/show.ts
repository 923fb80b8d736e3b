import { setTimeout as pause } from 'node:timers/promises';
import { approval } from '../../mount/answered.js';
import { exitCodes, UsageError, type ExitCode } from '../exit.js';
import type { GatewayClient } from '../gateway/client.js';
import { gatewayOf, gatewayOptions, named } from '../gateway/options.js';
import { widthOf } from '../paper.js';
import { asciiJson } from '../printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { approvalInWords, type Approval } from './approval-words.js';

const [longestWait, onePoll, breatherMs] = [86_400, 30, 1_000];

/** `sallyport approvals show`. Throws UsageError and RefusedError. */
export async function show(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, name } = named(args, { ...gatewayOptions, wait: { type: 'string' } }, 'ticket');
  const seconds = values.wait === undefined ? undefined : secondsOf(values.wait);
  const gateway = gatewayOf(values);
  const found = await (seconds === undefined ? look(gateway, name) : answered(gateway, name, seconds));
  await write(stdout, values.json === true ? `${asciiJson(found)}\n` : approvalInWords(found, Date.now(), widthOf(stdout)));
  return seconds === undefined ? exitCodes.done : exitOf(found);
}

/** The approval of a ticket as it is now, or as soon as it changes within so many seconds. */
export function look(gateway: GatewayClient, ticket: string, waitSeconds = 0): Promise<Approval> {
  return gateway.ask(approval, 'GET', `/approvals/${ticket}`, { waitSeconds });
}

async function answered(gateway: GatewayClient, ticket: string, seconds: number): Promise<Approval> {
  const until = performance.now() + seconds * 1_000;
  for (;;) {
    const left = Math.ceil((until - performance.now()) / 1_000);
    const found = await look(gateway, ticket, Math.max(0, Math.min(left, onePoll)));
    if (found.state !== 'pending' || performance.now() >= until) return found;
    // A gateway that does not wait is not asked in a loop.
    await pause(Math.min(breatherMs, Math.max(0, until - performance.now())));
  }
}

function secondsOf(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > longestWait) throw new UsageError(`--wait is a number of seconds from 1 to ${longestWait}`);
  return seconds;
}

function exitOf({ state }: Approval): ExitCode {
  if (state === 'pending') return exitCodes.approval;
  return state === 'approved' || state === 'used' ? exitCodes.done : exitCodes.denied;
}
