import type { z } from 'zod';
import { record as recordForm } from '../../mount/answered.js';
import { eventInWords } from '../audit/event-words.js';
import type { Shown } from '../audit/event.js';
import { exitCodes, type ExitCode } from '../exit.js';
import { gatewayOf, gatewayOptions, named } from '../gateway/options.js';
import { asciiJson } from '../printable.js';
import type { Streams } from '../streams.js';
import { write } from '../write.js';

type Page = z.infer<typeof recordForm>;

/** `sallyport sessions record`: page after page, each written before the next is asked for. Throws UsageError and RefusedError. */
export async function record(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, name } = named(args, gatewayOptions, 'session');
  const gateway = gatewayOf(values);
  let after: string | undefined;
  do {
    const page: Page = await gateway.ask(recordForm, 'GET', `/sessions/${name}/record${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`);
    await write(stdout, values.json === true ? `${asciiJson(page)}\n` : page.events.map((event) => `${eventInWords(event as unknown as Shown)}\n`).join(''));
    after = page.next;
  } while (after !== undefined);
  return exitCodes.done;
}
