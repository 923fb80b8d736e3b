import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { AccessError } from '../../core/index.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import type { ReviewSettings } from './review-options.js';

/** One file of the page. */
interface PageFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is served at `/review` and below it, by path; nothing else is. */
export type ReviewPage = ReadonlyMap<string, PageFile>;

const pageDirectory = new URL('../../../dist/page/', import.meta.url);
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
};

/**
 * Reads the page that comes with the package, whole, so that no path of a request ever reaches the file system. Throws
 * CONFIG_INVALID where it is not there.
 */
export function loadReviewPage(settings: ReviewSettings): ReviewPage {
  const { issuer, clientId, scope, resource, connectOrigins: reaches } = settings;
  const headers = { ...commonHeaders, ...createSecurityHeaders(reaches) };
  const config = JSON.stringify({ issuer, clientId, scope, resource });
  const page = new Map<string, PageFile>();
  const put = (path: string, bytes: Buffer, cache: string): void =>
    void page.set(path, {
      bytes,
      headers: { ...headers, 'content-type': contentTypes[extname(path) || '.html'] as string, 'cache-control': cache },
    });
  try {
    put('/review', readFileSync(new URL('index.html', pageDirectory)), 'no-store');
    // Their names change with what is in them.
    for (const name of readdirSync(new URL('review/', pageDirectory)))
      put(
        `/review/${name}`,
        readFileSync(new URL(`review/${name}`, pageDirectory)),
        'public, max-age=31536000, immutable',
      );
  } catch (error) {
    throw new AccessError('CONFIG_INVALID', "the reviewers' page is not in the package: it is made by npm run build", {
      cause: error,
    });
  }
  put('/review/config.json', Buffer.from(config), 'no-store');
  return page;
}

export function sendFile(response: ServerResponse, { bytes, headers }: PageFile): void {
  response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
}

/**
 * What the page may do: run its own script, and call the mount and the provider. Nothing inline, nothing from
 * elsewhere, no frame around it, and no text ever made into markup (CSP 3, Trusted Types).
 */
function createSecurityHeaders(reaches: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${reaches.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
