import { randomBytes } from 'node:crypto';
import type { Gateway } from 'sallyport';
import type { Arguments } from './arguments.js';
import { directory, type Directory } from './directory.js';
import { acmeGateway, type GatewayOptions } from './gateway.js';
import { acmeService } from './host.js';
import { shipTo } from './kafka.js';
import { listen, type Listening } from './listen.js';
import { identityProvider } from './provider.js';
import { exchangeCommand } from './shell.js';

/** Everything that runs: two servers, the gateway and who is known to them. */
export interface Place {
  readonly host: string;
  /** The address of the mount, and the audience of its tokens. */
  readonly mount: string;
  readonly issuer: string;
  readonly redirectUri: string;
  /** PKCE verifier of the sign-in link that is printed for trying by hand. */
  readonly verifier: string;
  readonly directory: Directory;
  readonly gateway: Gateway;
  /** Closes every session, then the servers. */
  close(): Promise<void>;
}

/** Starts the identity provider, the gateway and the host application, in that order. */
export async function openPlace({ port, journal, kafka }: Pick<Arguments, 'port' | 'journal' | 'kafka'>): Promise<Place> {
  const ship = kafka === undefined ? [] : [await shipTo(kafka)];
  const service = await listen(port);
  const provider = await listen(port === 0 ? 0 : port + 1).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  try {
    return await start(service, provider, { journal, ship });
  } catch (error) {
    await Promise.all([service.close(), provider.close()]);
    throw error;
  }
}

async function start(service: Listening, provider: Listening, record: Pick<GatewayOptions, 'journal' | 'ship'>): Promise<Place> {
  const known = {
    host: service.url,
    mount: `${service.url}/jit`,
    issuer: provider.url,
    redirectUri: `${service.url}/signed-in`,
    verifier: randomBytes(32).toString('base64url'),
    directory: directory(),
  };
  provider.serve(identityProvider({ ...known, resource: known.mount }));
  const gateway = await acmeGateway({ issuer: known.issuer, audience: known.mount, ...record });
  service.serve(acmeService(gateway, (code) => `${exchangeCommand(known, code)}\n`));
  return {
    ...known,
    gateway,
    close: async () => {
      await gateway.shutdown();
      await Promise.all([service.close(), provider.close()]);
    },
  };
}
