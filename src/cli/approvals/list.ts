import { approvals } from '../../mount/answered.js';
import { UsageError, type ExitCode } from '../exit.js';
import { gatewayOf, gatewayOptions, nameless } from '../gateway/options.js';
import { widthOf } from '../paper.js';
import { asciiJson } from '../printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';
import { approvalsInWords } from './approval-words.js';

/** `sallyport approvals list`. Throws UsageError and RefusedError. */
export async function list(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const values = nameless(args, { ...gatewayOptions, state: { type: 'string', default: 'pending' } });
  if (values.state !== 'pending' && values.state !== 'decided') throw new UsageError('--state is pending or decided');
  const answer = await gatewayOf(values).ask(approvals, 'GET', values.state === 'decided' ? '/approvals?state=decided' : '/approvals');
  return write(stdout, values.json === true ? `${asciiJson(answer)}\n` : approvalsInWords(answer.approvals, Date.now(), widthOf(stdout)));
}
