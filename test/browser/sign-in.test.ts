import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from './chromium.js';
import { company, type Company } from './test-company.js';
import { goTo, signIn, visitor, type Visitor } from './browser-session.js';

const chromium = withChromium();
const out = ({ page }: Visitor) => page.getByRole('button', { name: 'Sign in' });

describe.skipIf(chromium.missing)('signing in', { timeout: 300_000 }, () => {
  let acme: Company;
  beforeAll(async () => {
    acme = await company();
  });
  afterAll(() => acme.close());

  it('uses PKCE, state and nonce, checks who answers, and leaves nothing behind', async () => {
    const bob = await visitor(chromium.browser, acme);
    const asked = bob.page.waitForRequest(/\/auth\?/);
    await out(bob).click();
    const question = new URL((await asked).url()).searchParams;
    expect(Object.fromEntries(question)).toMatchObject({
      client_id: 'review-page',
      response_type: 'code',
      scope: 'openid sallyport.review',
      redirect_uri: acme.review,
      code_challenge_method: 'S256',
    });
    for (const name of ['code_challenge', 'state', 'nonce']) expect(question.get(name)?.length).toBeGreaterThan(40);
    const back = bob.page.waitForRequest(/\/review\?/);
    const exchanged = bob.page.waitForRequest(
      (request) => request.url() === `${acme.issuer}/token` && request.method() === 'POST',
    );
    await bob.page.getByRole('button', { name: /bob/ }).click();
    expect(Object.fromEntries(new URL((await back).url()).searchParams)).toMatchObject({
      state: question.get('state'),
      iss: acme.issuer,
    });
    expect(new URLSearchParams((await exchanged).postData() ?? '').get('code_verifier')?.length).toBeGreaterThan(40);
    await bob.page.getByRole('heading', { name: 'Waiting' }).waitFor();
    expect(bob.page.url()).toBe(acme.review);
    await expect.poll(() => bob.tokens).toHaveLength(1);
    await bob.wellBehaved();

    // The way back cannot be gone twice, nor by somebody who did not begin it.
    await bob.page.goto((await back).url());
    await bob.page
      .getByRole('alert')
      .filter({ hasText: 'Nobody was signed in: it was not begun in this tab' })
      .waitFor();
    expect(bob.page.url()).toBe(acme.review);
    await bob.context.close();
  });

  it.each([
    ['another state', { state: 'forged' }, /unexpected "state"/],
    ['another issuer', { iss: 'https://idp.evil.example' }, /unexpected "iss"/],
    ['no issuer', { iss: undefined }, /"iss" \(issuer\) missing/],
    [
      'a refusal',
      { code: undefined, error: 'access_denied', error_description: '<b>no</b>' },
      /access_denied: <b>no<\/b>/,
    ],
  ])('is refused with %s', async (_what, change, said) => {
    const bob = await visitor(chromium.browser, acme);
    const exchanges: string[] = [];
    bob.page.on('request', (request) => {
      if (request.url() === `${acme.issuer}/token`) exchanges.push(request.method());
    });
    const asked = bob.page.waitForRequest(/\/auth\?/);
    await out(bob).click();
    const state = new URL((await asked).url()).searchParams.get('state');
    await bob.page.waitForURL(/\/sign-in\//);
    const back = Object.entries({ code: 'of-somebody-else', state, iss: acme.issuer, ...change }).filter(
      (each): each is [string, string] => typeof each[1] === 'string',
    );
    await bob.page.goto(`${acme.review}?${new URLSearchParams(back).toString()}`);
    await bob.page.getByRole('alert').filter({ hasText: said }).waitFor();
    expect([exchanges, bob.page.url()]).toEqual([[], acme.review]);
    await bob.wellBehaved();
    await bob.context.close();
  });

  it('out again: the next one must say who they are; a token that has run out leads back to the same place', async () => {
    const { ticket } = await acme.held("DELETE FROM orders WHERE status = 'cancelled'");
    const bob = await visitor(chromium.browser, acme);
    await signIn(bob.page, 'bob');
    await bob.page.getByRole('button', { name: 'Sign out' }).click();
    await bob.page.getByText('You have signed out.').waitFor();
    await signIn(bob.page, 'carol');
    await bob.page.locator('.signed-in', { hasText: 'carol' }).waitFor();

    await goTo(bob.page, `#/approvals/${ticket}`);
    await bob.page.getByRole('heading', { name: /^DELETE/ }).waitFor();
    await bob.page.route('**/decision', (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer gone' } }),
    );
    await bob.page.getByRole('button', { name: 'Reject' }).click();
    await bob.page.getByText('Your sign-in has run out.').waitFor();
    expect(await bob.page.locator('pre.sql').count()).toBe(0);
    // The provider still knows her, and asks nothing.
    await out(bob).click();
    await bob.page.getByRole('heading', { name: /^DELETE/ }).waitFor();
    expect(bob.page.url()).toBe(`${acme.review}#/approvals/${ticket}`);
    await bob.wellBehaved();

    // A reload forgets the token: it was nowhere but in memory.
    await bob.page.reload();
    await out(bob).waitFor();
    await bob.context.close();
  });

  it('with a token that is not one for reviewing is explained', async () => {
    const strict = await company({ approvals: { scope: 'acme.stewards' } });
    const bob = await visitor(chromium.browser, strict);
    await signIn(bob.page, 'bob');
    await bob.page.getByRole('heading', { name: 'You cannot review here' }).waitFor();
    await bob.page.getByText('it lacks the scope sallyport.review').waitFor();
    await bob.wellBehaved();
    await bob.context.close();
    await strict.close();
  });
});
