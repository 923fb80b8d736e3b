import { generateKeyPairSync, randomBytes } from 'node:crypto';
import express, { type Express } from 'express';
import { InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
// The package's root prints a warning on Node 20; the class itself runs there.
import { Provider, type Context, type Grant, type Token } from 'oidc-provider/lib/provider.js';
import { reviewClient, type Agent, type Directory } from './directory.js';
import { providerStorage } from './provider-storage.js';
import { signInPages } from './sign-in.js';

const tokenSeconds = 10 * 60;
const oauthScope = 'jit';

export interface ProviderOptions {
  readonly issuer: string;
  /**
   * What access tokens are for, one each: the addresses of the mounts. The first where a client does not say (RFC
   * 8707).
   */
  readonly resources: readonly [string, ...string[]];
  /** Where a person's browser returns to after signing in. */
  readonly redirectUri: string;
  /**
   * The reviewers' page, which a person's browser returns to as well, and the one page that may ask for tokens by
   * itself.
   */
  readonly review: string;
  readonly directory: Directory;
}

/**
 * A real OpenID provider for a company of five: JWT access tokens (RFC 9068), code + PKCE, client credentials, `act`
 * (RFC 8693 §4.1).
 */
export function identityProvider(options: ProviderOptions): Express {
  const provider = new Provider(options.issuer, configuration(options));
  const app = express();
  app.disable('x-powered-by');
  app.use(signInPages(provider, options.directory.people));
  app.use(provider.callback());
  return app;
}

function configuration({ resources, redirectUri, review, directory }: ProviderOptions): Record<string, unknown> {
  const agents = Object.values(directory.agents);
  return {
    scopes: ['openid', oauthScope],
    adapter: providerStorage(),
    clients: [...agents.map((agent) => client(agent, redirectUri)), reviewers([redirectUri, review])],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ttl: {
      AccessToken: tokenSeconds,
      ClientCredentials: tokenSeconds,
      AuthorizationCode: 60,
      IdToken: tokenSeconds,
      Interaction: 600,
      Session: 3600,
      Grant: 3600,
    },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/sign-in/${interaction.uid}` },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: resourceIndicators(resources),
      registration: { enabled: true },
    },
    findAccount: (_context: unknown, id: string) => account(directory, id),
    extraTokenClaims: (_context: unknown, token: Token) => actClaim(agents, token),
    loadExistingGrant: (context: Context) => standingGrant(context, resources),
    clientBasedCORS: (_context: unknown, origin: string, { clientId }: { readonly clientId: string }) =>
      clientId === reviewClient.id && origin === new URL(review).origin,
    renderError: (context: Context, error: { error: string; error_description?: string }) => {
      context.type = 'text/plain';
      context.body = `${error.error}: ${error.error_description ?? 'no further detail'}\n`;
    },
  };
}

function client(agent: Agent, redirectUri: string): Record<string, unknown> {
  return {
    client_id: agent.id,
    client_secret: agent.secret,
    grant_types: ['client_credentials', 'authorization_code'],
    response_types: ['code'],
    redirect_uris: [redirectUri],
  };
}

/** A public client (RFC 6749 §2.1). */
function reviewers(redirectUris: readonly string[]): Record<string, unknown> {
  return {
    client_id: reviewClient.id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: redirectUris,
  };
}

/**
 * Only people who review get the scope for it, and they get no other: an agent cannot decide, nor a reviewer's page
 * ask.
 */
function scopeOf(clientId: string): string {
  return clientId === reviewClient.id ? reviewClient.scope : oauthScope;
}

function signingKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: randomBytes(8).toString('hex') };
}

/** Every token is for one mount (RFC 8707), whether or not the client remembered to say so. */
function resourceIndicators(resources: ProviderOptions['resources']): Record<string, unknown> {
  return {
    enabled: true,
    defaultResource: () => resources[0],
    useGrantedResource: () => true,
    getResourceServerInfo: (_context: unknown, asked: string, { clientId }: { readonly clientId: string }) => {
      if (!resources.includes(asked)) throw new InvalidTarget();
      return {
        scope: scopeOf(clientId),
        audience: asked,
        accessTokenTTL: tokenSeconds,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}

function account({ people }: Directory, id: string): unknown {
  const person = people.find((each) => each.id === id);
  return person && { accountId: id, claims: () => ({ sub: id, name: person.name }) };
}

/**
 * A person's token in an agent's hands says so: `sub` is the person, `act.sub` the agent. Whoever has registered
 * themselves (RFC 7591), as MCP clients
 * do, is called a visitor, whatever they call themselves.
 */
function actClaim(agents: readonly Agent[], { kind, clientId }: Token): Record<string, unknown> | undefined {
  if (kind !== 'AccessToken' || clientId === reviewClient.id) return undefined;
  return { act: { sub: agents.some(({ id }) => id === clientId) ? clientId : 'visitor' } };
}

/** Everyone here has agreed to their agents already, so no consent page. */
async function standingGrant(context: Context, resources: ProviderOptions['resources']): Promise<Grant> {
  const { account: person, client: agent, provider } = context.oidc;
  const grant = new provider.Grant({ accountId: person.accountId, clientId: agent.clientId });
  grant.addOIDCScope(`openid ${oauthScope}`);
  for (const resource of resources) grant.addResourceScope(resource, scopeOf(agent.clientId));
  await grant.save();
  return grant;
}
