import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from 'playwright-core';
import { expect } from 'vitest';
import type { Company } from './test-company.js';

const output = join(import.meta.dirname, '../output/browser');
mkdirSync(output, { recursive: true });

/** Everything that a page did and should not have. */
interface Misdeeds {
  /** Violations of the page's own rules, errors, and warnings. */
  readonly console: string[];
  /** Requests to anybody but the mount and the provider. */
  readonly strangers: string[];
  /** Cookies that the mount set. */
  readonly cookies: string[];
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Tokens that the provider gave to the page. */
  readonly tokens: readonly string[];
  /** Finds that the page did nothing but what it may, and that no token was put anywhere. */
  readonly wellBehaved: () => Promise<void>;
  /** Keeps a picture of the whole page. */
  readonly picture: (name: string) => Promise<void>;
}

type Where = Pick<Company, 'review' | 'mount' | 'issuer' | 'host'>;

/** Somebody with a browser of their own, at the page but not signed in. */
export async function visitor(
  browser: Browser,
  { review, issuer, host, mount }: Where,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  await context.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('violation: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))",
  );
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const misdeeds: Misdeeds = { console: [], strangers: [], cookies: [] };
  const tokens: string[] = [];
  // A refusal by the mount is logged by the browser itself, and is no error of the page.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource'))
      misdeeds.console.push(message.text());
  });
  page.on('pageerror', (error) => misdeeds.console.push(String(error)));
  page.on('request', (request) => {
    if (![host, issuer].includes(new URL(request.url()).origin)) misdeeds.strangers.push(request.url());
  });
  const responded = async (response: Response): Promise<void> => {
    if (response.url().startsWith(mount) && (await response.headerValue('set-cookie')) !== null)
      misdeeds.cookies.push(response.url());
    if (response.url() === `${issuer}/token` && response.request().method() === 'POST' && response.ok())
      tokens.push(((await response.json()) as { access_token: string }).access_token);
  };
  page.on('response', (response) => void responded(response).catch(() => undefined));
  await page.goto(review);
  return {
    page,
    context,
    tokens,
    wellBehaved: async () => {
      const kept = await page.evaluate<string>(
        '(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys(), document.cookie, history.state, location.href, window.name]))()',
      );
      for (const token of tokens) expect(kept).not.toContain(token);
      expect(kept).toMatch(/^\[\{\},\{\},\[\],\[\],"",null,/);
      expect(misdeeds).toEqual({ console: [], strangers: [], cookies: [] });
    },
    picture: async (name) => void (await page.screenshot({ path: join(output, `${name}.png`), fullPage: true })),
  };
}

/**
 * Presses the button, and says who they are at the provider. Ends where the page has taken the provider's answer:
 * before that, it puts back the place that was left.
 */
export async function signIn(page: Page, person: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: new RegExp(person, 'i') }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Goes to a place of the page by its fragment, as a link would. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}
