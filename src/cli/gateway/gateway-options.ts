import { UsageError } from '../exit-codes.js';
import { parseOptions } from '../parse-options.js';
import { parseGatewayUrl } from './gateway-url.js';
import { GatewayClient } from './gateway-client.js';
import { createTokenSource } from './token-source.js';

/** What every command takes that asks a running gateway. */
export const gatewayOptions = {
  url: { type: 'string' },
  'token-file': { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const gatewayHelp = `  --url URL          the address of the REST mount, such as https://HOST/jit; https, or http on this machine
  --token-file FILE  holds the access token; else it is SALLYPORT_TOKEN of the environment. It is never taken from the
                     command line, which others can see, and never printed
  --json             one line of JSON as the REST mount answers it, in ASCII
  -h, --help         this text`;

export interface GatewayOptionValues {
  readonly url?: string | undefined;
  readonly 'token-file'?: string | undefined;
}

/** The gateway that the command line names. Throws UsageError. */
export function createGatewayClient({ url, 'token-file': file }: GatewayOptionValues): GatewayClient {
  return new GatewayClient(parseGatewayUrl(url), createTokenSource(file, process.env));
}

type OptionDefinitions = NonNullable<Parameters<typeof parseOptions>[1]>;

/** Options, and exactly the one name that a command is about. Throws UsageError. */
export function parseNameAndOptions<const Some extends OptionDefinitions>(
  args: readonly string[],
  options: Some,
  what: string,
): { readonly values: ReturnType<typeof parseOptions<Some>>['values']; readonly name: string } {
  const { values, positionals } = parseOptions(args, options);
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError(`name one ${what}`);
  if (!/^[\w-]{1,255}$/.test(name)) throw new UsageError(`${JSON.stringify(name)} is no ${what}`);
  return { values, name };
}

/** Options alone. Throws UsageError. */
export function parseOptionsOnly<const Some extends OptionDefinitions>(
  args: readonly string[],
  options: Some,
): ReturnType<typeof parseOptions<Some>>['values'] {
  const { values, positionals } = parseOptions(args, options);
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  return values;
}
