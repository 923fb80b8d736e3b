import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Where Chromium is; Debian's own, unless CHROMIUM names another. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Chromium {
  /** Why there is none; the tests are then skipped. */
  readonly missing: string | undefined;
  readonly browser: Browser;
}

/** Says why there can be no browser. Under CI=true that is a failure. */
function reason(): string | undefined {
  if (existsSync(executablePath)) return undefined;
  if (process.env['CI'] === 'true') throw new Error(`no Chromium for the tests at ${executablePath}`);
  console.log(`tests in a browser are skipped: no Chromium at ${executablePath}; set CHROMIUM to where it is`);
  return executablePath;
}

/** One browser for the tests of a file. */
export function withChromium(): Chromium {
  const missing = reason();
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (missing === undefined) browser = await chromium.launch({ executablePath, args });
  });
  afterAll(() => browser?.close());
  return {
    missing,
    get browser() {
      return browser as Browser;
    },
  };
}
