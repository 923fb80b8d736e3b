import { describe, expect, it } from 'vitest';
import { codeOf } from '../../core/test-gateway.js';
import { soon } from '../expect-eventually.js';
import { sqlForAll } from '../sql.js';
import { here, hosts, type Here } from './test-mount.js';
import { buttonOf, buttonsOf, secrets } from './workspace.js';

const analyzer = sqlForAll();
const statement = 'DELETE FROM orders';
const latest = ({ slack }: Here) => JSON.stringify([...slack.messages.values()].at(-1));

describe.each(hosts)('approvals in Slack, $name', ({ host }) => {
  it('go all the way: a held statement, a message, a button, a recorded decision, and one run', async () => {
    const at = await here({ host, parts: { analyzer } });
    const ticket = await at.held(statement);
    const [message] = [...at.slack.messages.values()];
    expect(message).toMatchObject({
      channel: 'C0REVIEW',
      text: 'Approval requested: DELETE ACME.OPS.ORDERS',
      parse: 'none',
      link_names: false,
      unfurl_links: false,
    });
    expect(buttonsOf(message as never).map(({ action_id, style, url }) => [action_id, style ?? url])).toEqual([
      ['sallyport.approve', 'primary'],
      ['sallyport.reject', 'danger'],
      ['sallyport.page', `https://jit.acme.dev/jit/review#/approvals/${ticket}`],
    ]);
    for (const fact of [
      'DELETE (write)',
      'warehouse ACME.OPS',
      'idp:agent',
      'idp:alice',
      'ACME.OPS.ORDERS',
      '```DELETE FROM orders```',
      'to tidy up',
    ])
      expect(latest(at)).toContain(fact);
    expect(await at.press('U0BOB', 'approve')).toBe(200);
    await soon(() => at.stateOf(ticket)).toBe('approved');
    const decision = at.audit.events.find(({ code }) => code === 'statement.approval_decided');
    const { digest } = await at.see(ticket);
    expect(decision).toMatchObject({
      who: { principal: 'idp:bob', actor: 'idp:bob', client: 'slack/T0ACME/U0BOB' },
      data: { ticket, binding: digest, decision: 'approve', requester: { principal: 'idp:alice', actor: 'idp:agent' } },
    });
    await soon(() => latest(at)).toContain('"Approved"');
    expect(latest(at)).toContain('`idp:bob` agreed.');
    expect(buttonsOf([...at.slack.messages.values()].at(-1) as never).map(({ action_id }) => action_id)).toEqual([
      'sallyport.reject',
      'sallyport.page',
    ]);
    expect((await at.again(ticket, statement)).status).toBe('completed');
    expect(await at.again(ticket, statement)).toMatchObject({ status: 'completed', value: { replayed: true } });
    expect(at.engine.ran).toEqual(['DELETE FROM "ACME"."OPS"."ORDERS"']);
    expect([at.slack.whispers, at.dropped, at.faults]).toEqual([[], [], []]);
    expect(at.slack.calls.map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.update']);
    await at.gateway.shutdown();
  });

  it('a press after the host has read the body: refused unless the bytes are there', async () => {
    const parsed = await here({ host, before: (app) => void app.use(host.urlencoded({ extended: false })) });
    const ticket = await parsed.held();
    expect(await parsed.press('U0BOB', 'approve')).toBe(400);
    expect(await parsed.stateOf(ticket)).toBe('pending');
    const raw = await here({
      host,
      before: (app) => void app.use(host.json()).use('/slack', host.raw({ type: '*/*' })),
    });
    const other = await raw.held();
    expect(await raw.press('U0BOB', 'approve')).toBe(200);
    await soon(() => raw.stateOf(other)).toBe('approved');
  });
});

describe('a message', () => {
  it('says no, and the agent learns it', async () => {
    const at = await here();
    const ticket = await at.held();
    expect(await at.press('U0BOB', 'reject')).toBe(200);
    await soon(() => at.stateOf(ticket)).toBe('rejected');
    expect(codeOf(await at.again(ticket))).toBe('APPROVAL_REJECTED');
    await soon(() => latest(at)).toContain('`idp:bob` rejected.');
    expect(latest(at)).toContain('"Rejected"');
    expect(at.engine.ran).toEqual([]);
  });

  it('waits for as many people as the rule wants, and one person twice is not two', async () => {
    const at = await here({ terms: 'approval=role:stewards/2' });
    const ticket = await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => latest(at)).toContain('`idp:bob` agreed.');
    expect([
      await at.stateOf(ticket),
      buttonOf([...at.slack.messages.values()][0] as never, 'approve') === undefined,
    ]).toEqual(['pending', false]);
    await at.press('U0BOB2', 'approve');
    await soon(() =>
      at.slack.whispers.map(({ user, text }) => [user, text.includes('(APPROVAL_EXPIRED, approval.twice)')]),
    ).toEqual([['U0BOB2', true]]);
    await at.press('U0CAROL', 'approve');
    await soon(() => at.stateOf(ticket)).toBe('approved');
    await soon(() => latest(at)).toContain('"Approved"');
    expect(latest(at)).toMatch(/idp:bob` agreed.*idp:carol` agreed/);
    expect(at.slack.messages.size).toBe(1);
  });

  it('follows what happens elsewhere: a decision by REST, an end without one', async () => {
    const at = await here();
    const ticket = await at.held();
    const { digest } = await at.see(ticket);
    await at.gateway.decide({
      credential: { scheme: 'bearer', token: 'carol' },
      ticket,
      decision: 'reject',
      digest,
      comment: '<!channel> no `way`\u202e',
    });
    await soon(() => latest(at)).toContain('&lt;!channel&gt; no ⟦U+0060⟧way⟦U+0060⟧⟦U+202E⟧');
    const other = await at.held('DELETE customers');
    const late = [...at.slack.messages.values()].at(-1);
    await at.gateway.close({ credential: { scheme: 'bearer', token: 'agent' }, session: at.id });
    await soon(() => latest(at)).toContain('"No longer pending"');
    at.slack.messages.set('late', late as never);
    await at.press('U0BOB', 'approve');
    await soon(() => at.slack.whispers.at(-1)?.text).toContain('(APPROVAL_EXPIRED, approval.state)');
    expect(await at.stateOf(other)).toBe('void');
  });

  it('runs out with its ticket', async () => {
    const at = await here();
    const ticket = await at.held();
    at.clock.forward(599_000);
    expect(await at.stateOf(ticket)).toBe('pending');
    at.clock.forward(2_000);
    await soon(() => latest(at)).toContain('"Expired"');
  });

  it('of an opening says for how long, and opens it once', async () => {
    const at = await here();
    const asked = {
      credential: { scheme: 'bearer', token: 'agent' },
      schema: 'ACME.FINANCE',
      ttlMs: 120_000,
      reason: 'to count',
    };
    const held = await at.open(asked);
    await soon(() => latest(at)).toContain('open a session for 120 s');
    await at.press('U0BOB', 'approve');
    const ticket = await at.ticket(held);
    await soon(() => at.stateOf(ticket)).toBe('approved');
    expect((await at.open({ ...asked, ticket })).status).toBe('completed');
  });

  it('tells what nobody decides: a revocation, break-glass sessions and its review', async () => {
    const at = await here();
    await at.gateway.revoke({ credential: { scheme: 'bearer', token: 'bob' }, session: at.id, comment: 'enough' });
    await soon(() => latest(at)).toContain('`idp:bob` revoked it: `enough`');
    const opened = await at.open({
      credential: { scheme: 'bearer', token: 'oncall' },
      access: 'write',
      reason: 'the site is down',
      breakGlass: true,
    });
    await soon(() => latest(at)).toContain('"Break-glass access was activated"');
    expect(latest(at)).toContain(`#/reviews/${opened.id}`);
    await at.gateway.close({ credential: { scheme: 'bearer', token: 'oncall' }, session: opened.id });
    await at.gateway.sign({
      credential: { scheme: 'bearer', token: 'bob' },
      session: opened.id,
      comment: 'as it should be',
    });
    await soon(() => latest(at)).toContain('`idp:bob` completed the review: `as it should be`');
    expect(at.slack.messages.size).toBe(3);
    expect([...at.slack.messages.values()].flatMap(buttonsOf).map(({ action_id }) => action_id)).toEqual([
      'sallyport.page',
      'sallyport.page',
      'sallyport.page',
    ]);
  });

  it('goes where the notice belongs, or nowhere', async () => {
    const channels = [
      () => undefined,
      () => 'C0OTHER',
      () => 'general',
      () => {
        throw new Error('no channel');
      },
    ];
    const at = await here({ options: { channel: () => channels.shift()?.() } });
    for (const id of ['a', 'b', 'c', 'd']) await at.ticket(await at.write({ sql: `DELETE ${id}` }));
    await soon(() => at.dropped).toEqual([
      ['approval.requested', 'channel'],
      ['approval.requested', 'channel'],
    ]);
    await soon(() => [...at.slack.messages.values()].map(({ channel }) => channel)).toEqual(['C0OTHER']);
  });
});

it('no value, bind, comment, token or secret is in any message, event, fault or answer', async () => {
  const at = await here({ parts: { analyzer } });
  const ticket = await at.ticket(
    await at.write({
      sql: "DELETE FROM orders /* canary-comment */ WHERE a = 'canary-literal' AND n = 4242424242 AND id = ?",
      binds: ['canary-bind'],
    }),
  );
  await soon(() => at.slack.messages.size).toBe(1);
  await at.press('U0BOB', 'reject');
  await soon(() => at.stateOf(ticket)).toBe('rejected');
  await at.held(statement);
  await at.press('U0EVE', 'approve');
  await soon(() => at.slack.whispers.length).toBe(1);
  const said = JSON.stringify([at.slack.calls.map(({ sent }) => sent), at.dropped, at.faults, at.slack.whispers]);
  for (const canary of ['canary', '4242424242']) expect(said).not.toContain(canary);
  const all = said + JSON.stringify(at.audit.events);
  for (const secret of Object.values(secrets)) expect(all).not.toContain(secret);
  expect(at.slack.calls.every(({ authorization }) => authorization === `Bearer ${secrets.botToken}`)).toBe(true);
});
