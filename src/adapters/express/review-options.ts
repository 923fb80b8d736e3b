import { AccessError, parseSecureUrl, type OptionNames } from '../../core/index.js';

export interface ReviewOptions {
  /** The OpenID provider where reviewers sign in, as its discovery names it: https, or http on this very machine. */
  readonly issuer: string;
  /** The public client (RFC 6749 §2.1) that the page is at that provider. */
  readonly clientId: string;
  /** The scope, or scopes with blanks between, that the page asks for besides `openid`. Default `sallyport.review`. */
  readonly scope?: string;
  /**
   * What the token is to be for (RFC 8707), where the provider must be told. Default the mount's own `resource`, if it
   * has one.
   */
  readonly resource?: string;
  /**
   * Further origins that the page may call, where the provider's token endpoint is not at the issuer's own. Default
   * none.
   */
  readonly origins?: readonly string[];
}

export interface ReviewSettings extends Omit<ReviewOptions, 'origins'> {
  readonly scope: string;
  /** Whom the page may call besides the mount. */
  readonly connectOrigins: readonly string[];
}

export const reviewOptionNames: OptionNames<ReviewOptions> = {
  issuer: true,
  clientId: true,
  scope: true,
  resource: true,
  origins: true,
};

/** Checks how reviewers sign in; of what the options are named, nothing. Throws CONFIG_INVALID. */
export function resolveReviewSettings(options: ReviewOptions): ReviewSettings {
  const { issuer, clientId, scope = 'sallyport.review', resource, origins = [] } = options;
  if (typeof parseSecureUrl(issuer) === 'string')
    throw createConfigError('needs an issuer: an https URL, without a query');
  if (typeof clientId !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(clientId))
    throw createConfigError('needs a clientId (RFC 6749 appendix A.1)');
  if (typeof scope !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope))
    throw createConfigError('scope must be OAuth scopes (RFC 6749 §3.3)');
  if (resource !== undefined && !isIdentifier(resource))
    throw createConfigError('resource must be an absolute URI without a fragment (RFC 8707 §2)');
  if (!Array.isArray(origins) || !origins.every(isOrigin))
    throw createConfigError('origins must be origins, such as https://login.acme.example');
  return {
    issuer,
    clientId,
    scope,
    ...(resource === undefined ? {} : { resource }),
    connectOrigins: [...new Set([new URL(issuer).origin, ...origins])],
  };
}

/** Any absolute URI that holds no password: the page tells it to the provider. */
function isIdentifier(resource: unknown): boolean {
  const url =
    typeof resource === 'string' && !resource.includes('#') && URL.canParse(resource) ? new URL(resource) : undefined;
  return url !== undefined && url.username === '' && url.password === '';
}

/** Over plain http, tokens travel only to this very machine. */
function isOrigin(given: unknown): boolean {
  const url = parseSecureUrl(given, { path: false });
  return typeof url !== 'string' && url.origin === given;
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `expressRouter review ${message}`);
}
