/** The few parts of oidc-provider 9 (which ships no types) that the quick start uses. */
declare module 'oidc-provider/lib/provider.js' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  export interface Token {
    readonly kind: string;
    readonly clientId?: string;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Context {
    readonly oidc: {
      readonly account: { readonly accountId: string };
      readonly client: { readonly clientId: string };
      readonly provider: Provider;
    };
    type: string;
    body: unknown;
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: new (about: { accountId: string; clientId: string }) => Grant;
    callback(): RequestListener;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      readonly uid: string;
      readonly prompt: { readonly name: string };
      readonly params: Readonly<Record<string, unknown>>;
    }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { login: { accountId: string }; consent: Readonly<Record<string, never>> },
    ): Promise<void>;
  }
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  /** RFC 8707 §2: the resource asked for is unknown. */
  export class InvalidTarget extends Error {}
}
