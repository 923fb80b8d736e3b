import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directory } from '../../../examples/quickstart/directory.js';
import { identityProvider } from '../../../examples/quickstart/provider.js';
import { clientCredentialsToken, tokenOnBehalfOf } from '../../../examples/quickstart/tokens.js';
import { oidc } from '../../../src/adapters/oidc/index.js';
import { audience, authenticate } from './issuer.js';

const redirectUri = 'http://localhost:1/signed-in';
const people = directory();
let server: Server;
let issuer = '';

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  server.on(
    'request',
    identityProvider({ issuer, resources: [audience], redirectUri, review: `${audience}/review`, directory: people }),
  );
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a real OpenID provider, known by issuer and audience alone', () => {
  it('vouches for an agent', async () => {
    const { value } = await clientCredentialsToken(issuer, people.agents.orders);
    expect(await authenticate(oidc({ issuer, audience }), value)).toMatchObject({
      principal: { id: 'idp:orders-agent' },
      actor: { id: 'idp:orders-agent' },
      client: 'orders-agent',
      scopes: ['jit'],
    });
  });

  it('vouches for an agent that works for a person', async () => {
    const { value } = await tokenOnBehalfOf(issuer, people.agents.orders, 'alice', redirectUri);
    expect(await authenticate(oidc({ issuer, audience }), value)).toMatchObject({
      principal: { id: 'idp:alice' },
      actor: { id: 'idp:orders-agent' },
    });
  });

  it('does not vouch for them elsewhere', async () => {
    const { value } = await clientCredentialsToken(issuer, people.agents.orders);
    expect(await authenticate(oidc({ issuer, audience: `${audience}/other` }), value)).toMatchObject({
      reason: 'token.aud',
    });
  });
});
