import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import type { SignIn } from './sign-in.js';

/** Asks for the page where an approval is decided to be opened; resolves when the person is back from it. */
export type OpenPage = (url: string, why: string) => Promise<void>;

/**
 * A client of the gateway: from nothing but its address to a token for it (RFC 9728, RFC 8414, PKCE), and connected.
 */
export async function connect(url: string, signIn: SignIn, openPage: OpenPage): Promise<Client> {
  const client = new Client(
    { name: 'example-agent', version: '1.0.0' },
    { capabilities: { elicitation: { url: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    if (params.mode !== 'url') return { action: 'decline' };
    await openPage(params.url, params.message);
    return { action: 'accept' };
  });
  const transport = (): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(url), { authProvider: signIn });
  const first = transport();
  try {
    await client.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await first.finishAuth(signIn.answer);
    await client.connect(transport());
  }
  return client;
}
