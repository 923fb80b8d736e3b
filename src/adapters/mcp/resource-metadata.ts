import type { McpSettings } from './options.js';

const wellKnown = '/.well-known/oauth-protected-resource';

/** Below the mount itself, where the host needs to do nothing for it. */
export const metadataPath = wellKnown;

/** Where the metadata is told to be. */
export function createMetadataUrl({ href }: URL): string {
  return `${href.replace(/\/$/, '')}${metadataPath}`;
}

/** RFC 9728 §2: whose tokens are taken here, and how; undefined where that is not configured. */
export function createMetadata({ resource, authorizationServers, scopes }: McpSettings): string | undefined {
  if (resource === undefined) return undefined;
  return JSON.stringify({
    resource: resource.href,
    authorization_servers: authorizationServers,
    bearer_methods_supported: ['header'],
    resource_name: 'Sallyport',
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
  });
}
