import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from './chromium.js';
import { company, type Company } from './test-company.js';
import { goTo, signIn, visitor, type Visitor } from './browser-session.js';

const chromium = withChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What axe finds wrong, by all of its rules for WCAG 2.2 AA and its best practices. */
async function complaints(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: readonly Finding[] }>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
}

const overflow = 'document.documentElement.scrollWidth - innerWidth';

describe.skipIf(chromium.missing)('how the page looks', { timeout: 300_000 }, () => {
  let acme: Company;
  let bob: Visitor;
  let places: readonly (readonly [string, string, string])[];
  beforeAll(async () => {
    acme = await company({ terms: 'role:stewards/2' });
    const held = await acme.held(
      "DELETE FROM orders WHERE status = 'cancelled' AND order_id IN (SELECT order_id FROM orders WHERE placed_at < '2026-01-01' AND amount > 100)",
      { binds: ['cancelled', 42], reason: 'Clear the backlog of cancelled orders, as the monthly plan says.' },
    );
    await acme.held('TRUNCATE TABLE orders', { reason: 'Start afresh' });
    await acme.suspend('bob', 'idp:other-agent');
    await acme.agent('POST', '/sessions', {
      connection: 'warehouse',
      schema: 'ACME.FINANCE',
      access: 'read',
      ttl: 900,
      reason: 'The books of November',
    });
    await acme.session({ reason: 'The site is down', breakGlass: true });
    const suspect = await acme.held(
      `UPDATE "ОRDERS" SET status = 'pa\u200bid\u202e' WHERE note = '${'long '.repeat(300)}'`,
      { reason: 'Nothing to see' },
    );
    const rejected = await acme.held('DELETE FROM orders', { reason: 'All of them' });
    await acme.decide('carol', rejected.ticket, 'reject');
    places = [
      ['waiting', '#/approvals', '.card'],
      ['approval', `#/approvals/${held.ticket}`, 'pre.sql'],
      ['suspect', `#/approvals/${suspect.ticket}`, '.doubt'],
      ['rejected', `#/approvals/${rejected.ticket}`, '.state-rejected'],
      ['sessions', '#/sessions', '.card'],
      ['timeline', `#/sessions/${rejected.session}`, '.event'],
      ['decided', '#/decided', '.card'],
      ['broken-glass', '#/reviews', '.card'],
    ];
    bob = await visitor(chromium.browser, acme);
    await bob.picture('signed-out-light');
    expect(await complaints(bob.page)).toEqual([]);
    await bob.page.emulateMedia({ colorScheme: 'dark' });
    await bob.picture('signed-out-dark');
    expect(await complaints(bob.page)).toEqual([]);
    await signIn(bob.page, 'bob');
  }, 180_000);
  afterAll(async () => {
    await bob.context.close();
    await acme.close();
  });

  it.each([
    ['light', 1_100],
    ['dark', 1_100],
    ['light', 375],
    ['dark', 375],
    ['light', 320],
  ] as const)(
    'every view, %s, %i pixels wide: nothing for axe to find, nothing beyond the edge',
    async (colorScheme, width) => {
      await bob.page.emulateMedia({ colorScheme });
      await bob.page.setViewportSize({ width, height: width > 800 ? 900 : 740 });
      for (const [name, hash, sign] of places) {
        await goTo(bob.page, hash);
        await bob.page.locator(sign).first().waitFor();
        await bob.picture(`${name}-${colorScheme}-${width}`);
        expect([name, await complaints(bob.page)]).toEqual([name, []]);
        expect([name, await bob.page.evaluate<number>(overflow)]).toEqual([name, 0]);
      }
      await goTo(bob.page, '#/sessions');
      await bob.page
        .getByRole('button', { name: /^Revoke/ })
        .first()
        .click();
      await bob.page.getByRole('dialog').waitFor();
      await bob.picture(`dialog-${colorScheme}-${width}`);
      expect(await complaints(bob.page)).toEqual([]);
      await bob.page.keyboard.press('Escape');
      await bob.page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  );

  it('the list marks what must be looked at closely, and nothing else', async () => {
    await goTo(bob.page, '#/approvals');
    await bob.page.locator('.card').first().waitFor();
    expect(await bob.page.locator('.card', { hasText: 'Suspicious characters' }).allInnerTexts()).toEqual([
      expect.stringContaining('UPDATE ACME.OPS.ORDERS'),
    ]);
  });

  it('needs no mouse: skip, go, read, comment, approve', async () => {
    await bob.page.setViewportSize({ width: 1_100, height: 900 });
    await goTo(bob.page, '#/decided');
    await bob.page.locator('.card').first().waitFor();
    const focused = (): Promise<string> =>
      bob.page.evaluate<string>(
        "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').trim() || document.activeElement.tagName",
      );
    const tabTo = async (wanted: RegExp): Promise<void> => {
      const passed: string[] = [];
      for (let step = 0; step < 40; step += 1) {
        await bob.page.keyboard.press('Tab');
        passed.push(await focused());
        if (wanted.test(passed.at(-1) ?? '')) return;
      }
      throw new Error(`the keyboard did not come to ${wanted}: ${passed.join(' | ')}`);
    };
    await bob.page.evaluate('document.activeElement.blur()');
    await tabTo(/^Skip to the content$/);
    expect(
      await bob.page
        .locator('.skip')
        .boundingBox()
        .then((box) => box?.y),
    ).toBeGreaterThanOrEqual(0);
    await bob.page.keyboard.press('Enter');
    await expect.poll(focused).toMatch(/^History/);
    await bob.page.keyboard.press('Shift+Tab');
    await tabTo(/^DELETE ACME/);
    await bob.page.evaluate('document.activeElement.blur()');
    await tabTo(/^Waiting/);
    await bob.page.keyboard.press('Enter');
    await bob.page.getByRole('heading', { level: 1, name: 'Waiting' }).waitFor();
    await expect.poll(focused).toBe('Waiting');
    await tabTo(/^DELETE ACME/);
    expect(await bob.page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await bob.page.keyboard.press('Enter');
    await bob.page.locator('pre.sql').waitFor();
    await expect.poll(focused).toMatch(/^DELETE ACME/);
    await tabTo(/^TEXTAREA$/);
    await bob.page.keyboard.type('Read it all.');
    await tabTo(/^Approve exactly this$/);
    await bob.page.keyboard.press('Enter');
    await bob.page.getByText('1 of 2 people have agreed').waitFor();
    await expect.poll(focused).toMatch(/^Your approval counts/);
    expect(
      await bob.page.evaluate<number>('document.querySelectorAll(\'[tabindex]:not([tabindex="-1"])\').length'),
    ).toBe(0);
  });
});
