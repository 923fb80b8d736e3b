import { fileURLToPath } from 'node:url';
import { createGateway, type AuditSink, type Connector, type Gateway } from 'sallyport';
import { casbin } from 'sallyport/casbin';
import { journal } from 'sallyport/journal';
import { oidc } from 'sallyport/oidc';

export interface GatewayOptions {
  readonly warehouse: Connector;
  readonly issuer: string;
  /** The mounts' own addresses: a token for anything else is refused. */
  readonly audience: readonly string[];
  readonly journal: string;
  /** Where the record is copied to. */
  readonly ship: readonly AuditSink[];
}

/** The whole of what an application writes to have Sallyport, apart from the mounts themselves (host.ts). */
export async function acmeGateway(options: GatewayOptions): Promise<Gateway> {
  return createGateway({
    connections: { warehouse: options.warehouse },
    identity: oidc({ issuer: options.issuer, audience: options.audience }),
    policy: await casbin({ policy: fileURLToPath(new URL('policy.csv', import.meta.url)) }),
    audit: journal({ directory: options.journal, ship: options.ship }),
    approvals: {},
  });
}
