import { randomBytes } from 'node:crypto';
import type { Gateway } from 'sallyport';
import type { Arguments } from './arguments.js';
import { directory, reviewClient, type Directory } from './directory.js';
import { openWarehouse } from './engine.js';
import { acmeGateway, type GatewayOptions } from './gateway.js';
import { acmeService } from './host.js';
import { shipTo } from './kafka.js';
import { listen, type Listening } from './listen.js';
import { identityProvider } from './provider.js';
import { exchangeCommand } from './shell.js';
import { say, styled, table } from './terminal.js';
import type { Warehouse } from './warehouse.js';

/** Everything that runs: two servers, the gateway and who is known to them. */
export interface Place {
  readonly host: string;
  /** The address of the REST mount, and the audience of its tokens. */
  readonly mount: string;
  /** The page where people review, served by the mount. */
  readonly review: string;
  /** The same gateway for MCP clients; an audience of its own. */
  readonly mcp: string;
  readonly issuer: string;
  readonly redirectUri: string;
  /** PKCE verifier of the sign-in link that is printed for trying by hand. */
  readonly verifier: string;
  readonly directory: Directory;
  readonly gateway: Gateway;
  readonly warehouse: Warehouse;
  /** Closes every session, then the servers. */
  close(): Promise<void>;
}

/** Starts the identity provider, the gateway and the host application, in that order. */
export async function openPlace({
  port,
  journal,
  kafka,
  engine,
}: Pick<Arguments, 'port' | 'journal' | 'kafka' | 'engine'>): Promise<Place> {
  const ship = kafka === undefined ? [] : [await shipTo(kafka)];
  const service = await listen(port);
  const provider = await listen(port === 0 ? 0 : port + 1).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  try {
    return await start(service, provider, engine, { journal, ship });
  } catch (error) {
    await Promise.all([service.close(), provider.close()]);
    throw error;
  }
}

async function start(
  service: Listening,
  provider: Listening,
  engine: Arguments['engine'],
  record: Pick<GatewayOptions, 'journal' | 'ship'>,
): Promise<Place> {
  const known = {
    host: service.url,
    mount: `${service.url}/jit`,
    review: `${service.url}/jit/review`,
    mcp: `${service.url}/mcp`,
    issuer: provider.url,
    redirectUri: `${service.url}/signed-in`,
    verifier: randomBytes(32).toString('base64url'),
    directory: directory(),
  };
  provider.serve(identityProvider({ ...known, resources: [known.mount, known.mcp] }));
  const place = await openWarehouse(engine, known.host);
  const gateway = await acmeGateway({
    warehouse: place.connector,
    issuer: known.issuer,
    audience: [known.mount, known.mcp],
    ...record,
  });
  const mcp = {
    resource: known.mcp,
    authorizationServers: [known.issuer],
    scopes: ['jit'],
    reviewUrl: (ticket: string) => `${known.review}#/approvals/${ticket}`,
  };
  const rest = { resource: known.mount, review: { issuer: known.issuer, clientId: reviewClient.id } };
  service.serve(acmeService(gateway, { rest, mcp }, (code) => `${exchangeCommand(known, code)}\n`, place.keys));
  return {
    ...known,
    gateway,
    warehouse: place,
    close: async () => {
      await gateway.shutdown();
      if (place.left !== undefined) printLeft(place.left());
      await place.close?.();
      await Promise.all([service.close(), provider.close()]);
    },
  };
}

function printLeft(left: ReturnType<NonNullable<Warehouse['left']>>): void {
  say(`\n${styled('bold', 'What the Snowflake account still has of it')}`);
  say(table(['what', 'how many'], left), 5);
}
