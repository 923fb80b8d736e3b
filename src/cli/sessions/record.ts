import type { z } from 'zod';
import { record as recordForm } from '../../http/server/response-schemas.js';
import { formatEvent } from '../audit/format-event.js';
import type { EventView } from '../audit/event-view.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { createGatewayClient, gatewayOptions, parseNameAndOptions } from '../gateway/gateway-options.js';
import { toAsciiJson } from '../text/printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';

type RecordPage = z.infer<typeof recordForm>;

/**
 * `sallyport sessions record`: page after page, each written before the next is asked for. Throws UsageError and
 * RefusedError.
 */
export async function printRecord(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, name } = parseNameAndOptions(args, gatewayOptions, 'session');
  const gateway = createGatewayClient(values);
  let after: string | undefined;
  do {
    const page: RecordPage = await gateway.request(
      recordForm,
      'GET',
      `/sessions/${name}/record${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
    );
    await write(
      stdout,
      values.json === true
        ? `${toAsciiJson(page)}\n`
        : page.events.map((event) => `${formatEvent(event as unknown as EventView)}\n`).join(''),
    );
    after = page.next;
  } while (after !== undefined);
  return exitCodes.done;
}
