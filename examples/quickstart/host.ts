import type { RequestListener } from 'node:http';
import express, { type Express } from 'express';
import type { Gateway } from 'sallyport';
import { expressRouter, type ExpressOptions } from 'sallyport/express';
import { mcpRouter, type McpOptions } from 'sallyport/mcp';

const carriers = ['Bring', 'Colissimo', 'DHL', 'DPD', 'PostNord'];

/** Each mount has an address, and takes the tokens that were issued for it. */
export interface Mounts {
  readonly rest: ExpressOptions;
  readonly mcp: McpOptions;
}

/** The application that a team already has: its own routes, and the gateway mounted beside them. */
export function acmeService(
  gateway: Gateway,
  { rest, mcp }: Mounts,
  signedIn: (code: string) => string,
  keys?: RequestListener,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', (_request, response) => {
    response.json({ ok: true });
  });
  app.get('/api/carriers', (_request, response) => {
    response.json({ carriers });
  });
  app.get('/signed-in', (request, response) => {
    const { code, error } = request.query;
    const good = typeof code === 'string' && /^[\w-]{1,128}$/.test(code);
    response.set('cache-control', 'no-store').set('referrer-policy', 'no-referrer').type('text');
    response
      .status(good ? 200 : 400)
      .send(
        good
          ? signedIn(code)
          : `nobody signed in${typeof error === 'string' && /^\w{1,40}$/.test(error) ? `: ${error}` : ''}\n`,
      );
  });
  if (keys !== undefined) app.get('/snowflake-keys', keys);
  app.use('/jit', expressRouter(gateway, rest));
  const agents = mcpRouter(gateway, mcp);
  app.use('/mcp', agents);
  app.use('/.well-known/oauth-protected-resource/mcp', agents.metadata);
  return app;
}
