import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';

/** A client that is known to the identity provider already; without one it registers itself (RFC 7591). */
export interface KnownClient {
  readonly id: string;
  readonly secret: string;
  /** Where it is known. */
  readonly issuer: string;
}

/**
 * How an MCP client gets its token: what it learns on the way stays in memory, and a person signs in where a browser
 * would be opened.
 */
export class SignIn implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly #known: KnownClient | undefined;
  readonly #browse: (url: string) => Promise<URLSearchParams>;
  #registered: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #verifier = '';
  #discovered: OAuthDiscoveryState | undefined;
  #answer: URLSearchParams | undefined;

  /**
   * `browse` follows the sign-in from this address until it is sent back to `redirectUrl`, and gives what came with
   * that.
   */
  constructor(redirectUrl: string, browse: (url: string) => Promise<URLSearchParams>, known?: KnownClient) {
    this.redirectUrl = redirectUrl;
    this.#browse = browse;
    this.#known = known;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'example agent',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: this.#known === undefined ? 'none' : 'client_secret_basic',
    };
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#known === undefined
      ? this.#registered
      : { client_id: this.#known.id, client_secret: this.#known.secret, issuer: this.#known.issuer };
  }

  saveClientInformation(registered: StoredOAuthClientInformation): void {
    this.#registered = registered;
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.#answer = await this.#browse(url.href);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveDiscoveryState(discovered: OAuthDiscoveryState): void {
    this.#discovered = discovered;
  }

  /** So that the code goes to the issuer that gave it, and to no other. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }

  /** What the browser brought back. Throws when nobody signed in. */
  get answer(): URLSearchParams {
    if (this.#answer === undefined) throw new Error('nobody signed in');
    return this.#answer;
  }
}
