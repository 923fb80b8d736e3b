import { approvals } from '../../http/server/response-schemas.js';
import { UsageError, type ExitCode } from '../exit-codes.js';
import { createGatewayClient, gatewayOptions, parseOptionsOnly } from '../gateway/gateway-options.js';
import { getTerminalWidth } from '../text/layout.js';
import { toAsciiJson } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { formatApprovals } from './format-approval.js';

/** `sallyport approvals list`. Throws UsageError and RefusedError. */
export async function list(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const values = parseOptionsOnly(args, { ...gatewayOptions, state: { type: 'string', default: 'pending' } });
  if (values.state !== 'pending' && values.state !== 'decided') throw new UsageError('--state is pending or decided');
  const answer = await createGatewayClient(values).request(
    approvals,
    'GET',
    values.state === 'decided' ? '/approvals?state=decided' : '/approvals',
  );
  return write(
    stdout,
    values.json === true
      ? `${toAsciiJson(answer)}\n`
      : formatApprovals(answer.approvals, Date.now(), getTerminalWidth(stdout)),
  );
}
