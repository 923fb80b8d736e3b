import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChromium } from './chromium.js';
import { company, type Company } from './test-company.js';
import { goTo, signIn, visitor, type Visitor } from './browser-session.js';

const chromium = withChromium();
const approve = ({ page }: Visitor) => page.getByRole('button', { name: 'Approve exactly this' });

describe.skipIf(chromium.missing)('a reviewer with a browser', { timeout: 180_000 }, () => {
  let acme: Company;
  let bob: Visitor;
  beforeAll(async () => {
    acme = await company();
    bob = await visitor(chromium.browser, acme);
    await signIn(bob.page, 'bob');
  });
  afterAll(async () => {
    await bob.wellBehaved();
    await bob.context.close();
    await acme.close();
  });

  const run = (session: string, sql: string, ticket?: string) =>
    acme.agent<{ code?: string; hint?: string; reason?: string }>('POST', `/sessions/${session}/statements`, {
      sql,
      binds: [],
      ...(ticket === undefined ? {} : { ticket }),
    });
  const button = (name: string | RegExp) => bob.page.getByRole('button', { name });

  it('sees what waits, approves exactly that, and the agent’s repeated call runs it, once', async () => {
    const sql = "DELETE FROM orders WHERE status = 'cancelled'";
    const { ticket, session } = await acme.held(sql);
    await goTo(bob.page, '#/decided');
    await bob.page.getByRole('link', { name: /^Waiting/ }).click();
    await bob.page.getByRole('link', { name: /DELETE ACME\.OPS\.ORDERS/ }).click();
    await bob.page.getByText('idp:orders-agent').first().waitFor();
    expect(await bob.page.locator('pre.sql').textContent()).toBe(sql);
    expect(await bob.page.locator('dl.facts').innerText()).toMatch(
      /Actor\s+idp:orders-agent[\s\S]*For\s+idp:alice[\s\S]*ACME\.OPS[\s\S]*Writes\s+ACME\.OPS\.ORDERS[\s\S]*writes-wait[\s\S]*one person of role:stewards\s+nobody has agreed yet/,
    );
    await bob.page.getByLabel(/^Comment/).fill('Checked with the warehouse.');
    await button('Approve exactly this').click();
    await bob.page.getByText('Approved. The agent may ask again, once').waitFor();
    expect((await run(session, sql, ticket)).status).toBe(200);
    expect((await run(session, sql, ticket)).status).toBe(200);
    expect(acme.engine.ran).toEqual([sql]);
    const { digest } = await acme.agent<{ digest: string }>('GET', `/approvals/${ticket}`);
    expect(acme.audit.events.find(({ code }) => code === 'statement.approval_decided')).toMatchObject({
      who: { principal: 'idp:bob' },
      data: { decision: 'approve', binding: digest, comment: 'Checked with the warehouse.' },
    });
  });

  it('rejects, and the agent reads why', async () => {
    const sql = 'TRUNCATE TABLE orders';
    const { ticket, session } = await acme.held(sql);
    await goTo(bob.page, `#/approvals/${ticket}`);
    await bob.page.getByText('Removes every row: TRUNCATE.').waitFor();
    await bob.page.getByLabel(/^Comment/).fill('Not on a Friday.');
    await button('Reject').click();
    await bob.page.getByText('Rejected. Nothing runs').waitFor();
    expect(await run(session, sql, ticket)).toMatchObject({
      status: 403,
      code: 'APPROVAL_REJECTED',
      hint: 'The reviewer said: Not on a Friday.',
    });
    await bob.page.getByRole('link', { name: 'History' }).click();
    expect(await bob.page.locator('.card').first().innerText()).toMatch(
      /TRUNCATE ACME\.OPS\.ORDERS[\s\S]*rejected[\s\S]*Rejected by idp:bob/,
    );
    expect(await bob.page.locator('.card').nth(1).innerText()).toMatch(/approved and used/);
    await bob.page.goBack();
    await bob.page.getByRole('heading', { name: /TRUNCATE/ }).waitFor();
  });

  it('is told when what was shown has changed meanwhile, and the answer does not count', async () => {
    const { ticket } = await acme.held("UPDATE orders SET status = 'x' WHERE id = 1");
    await goTo(bob.page, `#/approvals/${ticket}`);
    await button('Approve exactly this').waitFor();
    // What the page reads by itself now does not arrive before the button is pressed.
    const answer = bob.page.waitForResponse('**/decision');
    await bob.page.route(`**/approvals/${ticket}`, async (route) => {
      await answer;
      await route.continue();
    });
    expect(await acme.decide('carol', ticket, 'reject')).toBe(200);
    await button('Approve exactly this').click();
    expect((await answer).status()).toBe(409);
    await bob.page
      .getByText('What was shown to you has changed, and your answer did not count. It is no longer pending.')
      .waitFor();
    await bob.page.locator('.state-rejected').waitFor();
    expect(await button('Approve exactly this').count()).toBe(0);
    expect((await acme.agent<{ state: string }>('GET', `/approvals/${ticket}`)).state).toBe('rejected');
    await bob.page.unrouteAll({ behavior: 'wait' });
  });

  it('cannot have an answer taken for something that was not shown', async () => {
    const { ticket } = await acme.held("UPDATE orders SET status = 'y' WHERE id = 1");
    await goTo(bob.page, `#/approvals/${ticket}`);
    await bob.page.route('**/decision', (route) =>
      route.continue({
        postData: (route.request().postData() ?? '').replace(/"digest":"[0-9a-f]{4}/, '"digest":"0000'),
      }),
    );
    await button('Approve exactly this').click();
    await bob.page.getByText('What you decided on is not what is asked for.').waitFor();
    await bob.page.unroute('**/decision');
    await button('Approve exactly this').click();
    await bob.page.getByText('Approved. The agent may ask again').waitFor();
  });

  it('suspends an agent: its sessions end, it opens no other, and it is listed until it is reinstated', async () => {
    const session = await acme.session({ reason: 'to be suspended' });
    await goTo(bob.page, '#/sessions');
    await bob.page
      .locator('.card', { hasText: 'to be suspended' })
      .getByRole('button', { name: 'Suspend agent idp:orders-agent' })
      .click();
    const dialog = bob.page.getByRole('dialog', { name: 'Suspend this agent?' });
    await dialog.getByLabel('For how long').selectOption('a day');
    await dialog.getByLabel(/^Why/).fill('It asks for too much.');
    await dialog.getByRole('button', { name: 'Suspend it now' }).click();
    await bob.page.getByText(/The agent was suspended: \d+ sessions? (?:was|were) revoked/).waitFor();
    expect((await run(session, 'SELECT 1')).code).toBe('ACTOR_SUSPENDED');
    expect(
      await acme.agent<{ code?: string }>('POST', '/sessions', {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttl: 60,
        reason: 'again',
      }),
    ).toMatchObject({ status: 403, code: 'ACTOR_SUSPENDED' });
    const listed = bob.page.getByRole('region', { name: 'Suspended agents' });
    expect(await listed.innerText()).toMatch(
      /idp:orders-agent[\s\S]*Suspended by [\s\S]*ACME\.OPS \(warehouse\)[\s\S]*It asks for too much\./,
    );
    await listed.getByRole('button', { name: 'Reinstate idp:orders-agent' }).click();
    await bob.page
      .getByRole('dialog', { name: 'Reinstate this agent?' })
      .getByRole('button', { name: 'Reinstate it now' })
      .click();
    await bob.page.getByText('The agent was reinstated.').waitFor();
    await listed.waitFor({ state: 'detached' });
    expect(
      acme.audit.events
        .filter(({ code }) => code.startsWith('actor.'))
        .map(({ code, data }) => [code, data['comment']]),
    ).toEqual([
      ['actor.suspended', 'It asks for too much.'],
      ['actor.reinstated', undefined],
    ]);
    await acme.session({ reason: 'after it was reinstated' });
  });

  it('revokes a live session, after being asked once more', async () => {
    const session = await acme.session({ reason: 'to be revoked' });
    await goTo(bob.page, '#/sessions');
    const card = bob.page.locator('.card', { hasText: 'to be revoked' });
    await card.getByRole('button', { name: /^Revoke/ }).click();
    const dialog = bob.page.getByRole('dialog', { name: 'Revoke this session?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await dialog.count()).toBe(0);
    expect((await acme.agent<{ state: string }>('GET', `/sessions/${session}`)).state).toBe('open');
    await card.getByRole('button', { name: /^Revoke/ }).click();
    await dialog.getByLabel(/^Why/).fill('It does what it should not.');
    await dialog.getByRole('button', { name: 'Revoke it now' }).click();
    await card.waitFor({ state: 'detached' });
    expect((await run(session, 'SELECT 1')).code).toBe('SESSION_REVOKED');
    await goTo(bob.page, `#/sessions/${session}`);
    await bob.page.getByText('session revoked').waitFor();
    expect(await bob.page.locator('.timeline').innerText()).toMatch(
      /asked to open a session[\s\S]*session opened[\s\S]*session revoked[\s\S]*by idp:bob[\s\S]*It does what it should not\./,
    );
  });

  it('reviews break-glass sessions, which needs words', async () => {
    const session = await acme.session({ reason: 'the site is down', breakGlass: true });
    await run(session, "DELETE FROM orders WHERE status = 'stuck'");
    await goTo(bob.page, '#/reviews');
    await bob.page.getByText('the site is down').waitFor();
    await button(/^Complete review of the session/).click();
    const dialog = bob.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Complete review' }).click();
    expect(await dialog.count()).toBe(1);
    await dialog.getByLabel('Findings').fill('It was in order.');
    await dialog.getByRole('button', { name: 'Complete review' }).click();
    await dialog.getByText('The session is still open').waitFor();
    await acme.agent('DELETE', `/sessions/${session}`);
    await dialog.getByRole('button', { name: 'Complete review' }).click();
    await bob.page.getByText('No break-glass session is waiting for review').waitFor();
    expect(acme.audit.events.find(({ code }) => code === 'breakglass.reviewed')).toMatchObject({
      session,
      who: { principal: 'idp:bob' },
      data: { comment: 'It was in order.' },
    });
    await goTo(bob.page, `#/sessions/${session}`);
    await bob.page.getByText('break-glass review completed').waitFor();
    expect(await bob.page.locator('.timeline').innerText()).toMatch(
      /break-glass access activated[\s\S]*statement authorized[\s\S]*DELETE FROM orders WHERE status = \?[\s\S]*statement ran[\s\S]*7 rows changed[\s\S]*by idp:bob[\s\S]*It was in order\./,
    );
  });

  it('agrees to the opening of a session', async () => {
    const body = { connection: 'warehouse', schema: 'ACME.FINANCE', access: 'read', ttl: 90, reason: 'the books' };
    const { ticket } = await acme.agent<{ ticket: string }>('POST', '/sessions', body);
    await goTo(bob.page, `#/approvals/${ticket}`);
    await bob.page.getByRole('heading', { name: 'Open ACME.FINANCE to read' }).waitFor();
    expect(await bob.page.locator('dl.facts').innerText()).toMatch(/Open for\s+90 seconds at most/);
    await button('Approve exactly this').click();
    await bob.page.getByText('Approved. The agent may ask again').waitFor();
    expect((await acme.agent('POST', '/sessions', { ...body, ticket })).status).toBe(201);
  });

  it('sees new ones come, and is told of them', async () => {
    await goTo(bob.page, '#/decided');
    const { ticket } = await acme.held("UPDATE orders SET status = 'z' WHERE id = 1");
    await bob.page.evaluate("dispatchEvent(new Event('focus'))");
    await bob.page.locator('nav .count').waitFor();
    await bob.page.getByRole('status').filter({ hasText: '1 approval waits.' }).waitFor();
    await acme.decide('carol', ticket, 'reject');
    await bob.page.evaluate("dispatchEvent(new Event('focus'))");
    await bob.page.locator('nav .count').waitFor({ state: 'detached' });
  });
});

describe.skipIf(chromium.missing)('several people', { timeout: 300_000 }, () => {
  it('must agree where two are asked for; nobody twice, and nobody on their own request', async () => {
    const acme = await company({ terms: 'role:stewards/2' });
    const sql = "DELETE FROM orders WHERE status = 'cancelled'";
    const { ticket, session } = await acme.held(sql);
    const [alice, bob, carol] = [
      await visitor(chromium.browser, acme),
      await visitor(chromium.browser, acme),
      await visitor(chromium.browser, acme),
    ];
    const see = async ({ page }: Visitor, person: string): Promise<void> => {
      await signIn(page, person);
      await goTo(page, `#/approvals/${ticket}`);
    };
    await see(alice, 'alice');
    await alice.page.getByText('You cannot decide on this one: you asked for it, it was asked for you').waitFor();
    expect(await approve(alice).isDisabled()).toBe(true);
    await see(bob, 'bob');
    await bob.page.getByText('2 different people of role:stewards').waitFor();
    await approve(bob).click();
    await bob.page.getByText('1 of 2 people have agreed; it waits for somebody else.').waitFor();
    await bob.page.getByText('You have answered already.').waitFor();
    expect(await approve(bob).isDisabled()).toBe(true);
    expect((await acme.agent<{ state: string }>('GET', `/approvals/${ticket}`)).state).toBe('pending');
    await see(carol, 'carol');
    await carol.page.getByText('1 person has agreed').waitFor();
    await approve(carol).click();
    await carol.page.getByText('Approved. The agent may ask again').waitFor();
    expect((await acme.agent('POST', `/sessions/${session}/statements`, { sql, binds: [], ticket })).status).toBe(200);
    for (const each of [alice, bob, carol]) {
      await each.wellBehaved();
      await each.context.close();
    }
    await acme.close();
  });
});
