import { exitCodes, UsageError, type ExitCode } from '../exit-codes.js';
import { parseGatewayUrl } from '../gateway/gateway-url.js';
import { createTokenSource } from '../gateway/token-source.js';
import { parseOptions } from '../parse-options.js';
import type { Streams } from '../streams.js';

const help = `Usage: sallyport mcp --url https://HOST/mcp [--token-file FILE]

For MCP clients that speak only over standard input and output: takes their messages, sends each to the gateway's MCP address,
and writes what it answers. Nothing is kept, and nothing else is written to standard output. Ends when the input ends.

Options:
  --url URL          the MCP address; https, or http on this machine
  --token-file FILE  holds the access token; read before each message, so that whoever renews it needs to tell nobody
  -h, --help         this text

Without --token-file the token is SALLYPORT_TOKEN of the environment. It is never taken from the command line, which others can see.
Needs the packages @modelcontextprotocol/client and @modelcontextprotocol/server.

Exit codes: 0 the input ended; 2 wrong command line; 70 the command failed.
`;

/** `sallyport mcp`. Throws UsageError. */
export async function mcp(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    url: { type: 'string' },
    'token-file': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) {
    streams.stdout.write(help);
    return exitCodes.done;
  }
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  const [url, token] = [parseGatewayUrl(values.url), createTokenSource(values['token-file'], process.env)];
  const { forward } = await import('./forward.js').catch((error: unknown) => {
    throw new UsageError(
      'mcp needs the packages @modelcontextprotocol/client and @modelcontextprotocol/server beside sallyport',
      { cause: error },
    );
  });
  await forward(url, token, streams);
  return exitCodes.done;
}
