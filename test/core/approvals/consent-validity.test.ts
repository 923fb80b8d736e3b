import { describe, expect, it } from 'vitest';
import { casbin } from '../../../src/adapters/casbin/index.js';
import { isAgreed } from '../../../src/core/approvals/reviewer-policy.js';
import { memoryTickets, type Ticket, type TicketFilter } from '../../../src/core/index.js';
import { turns } from '../../support/event-loop-turns.js';
import { as, codeOf, house, valueOf } from '../test-gateway.js';
import { identity, office, people, rules } from './test-reviewers.js';

const without = (name: string, terms?: string): string =>
  rules(terms).replace(`g, idp:${name}, role:stewards, warehouse\n`, '');

describe('consent stands only as long as who gave it may give it', () => {
  it('is void when its reviewer lost the role before it is used', async () => {
    const { ticket, decide, rule, write, see, engine } = await office();
    const asked = await ticket();
    valueOf(await decide(asked, 'bob'));
    await rule(without('bob'));
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.reviewers' });
    expect(await see(asked, 'carol')).toMatchObject({ state: 'void', ended: 'policy_changed' });
    await rule(rules());
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.policy' });
    expect(engine.ran).toEqual([]);
  });

  it('is void when its reviewer may not review this any more, whatever the role', async () => {
    const { ticket, decide, rule, write, engine } = await office();
    const asked = await ticket();
    valueOf(await decide(asked, 'bob'));
    await rule(`${rules()}\np, idp:bob, warehouse, ACME.OPS.ORDERS, *, deny, , never-bob`);
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.reviewers' });
    expect(engine.ran).toEqual([]);
  });

  it('of somebody who may not any more does not count towards a quorum', async () => {
    const terms = 'approval=role:stewards/2';
    const { ticket, decide, rule, write, engine } = await office({}, terms);
    const asked = await ticket();
    valueOf(await decide(asked, 'bob'));
    await rule(without('bob', terms));
    expect(valueOf(await decide(asked, 'carol')).state).toBe('pending');
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
    await rule(rules(terms));
    expect(valueOf(await decide(asked, 'olga-again')).state).toBe('approved');
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toHaveLength(1);
  });

  it('of others than those who were removed stands', async () => {
    const { ticket, decide, rule, write } = await office();
    const asked = await ticket();
    valueOf(await decide(asked, 'bob'));
    await rule(without('carol'));
    valueOf(await write({ ticket: asked }));
  });
});

describe('a policy that changes while something waits', () => {
  const silent = rules().replace(/p, role:users, warehouse, ACME\.OPS\.\*, write.*\n/, '');

  it('voids it at once, and for good: rules that come back bring back no consent', async () => {
    const { ticket, decide, rule, write, engine, gateway, notices, audit, see } = await office();
    const [agreed, waiting] = [await ticket(), await ticket(await write({ sql: 'DELETE customers' }))];
    valueOf(await decide(agreed, 'bob'));
    await rule(silent);
    expect(codeOf(await write({ ticket: agreed }))).toBe('NOT_PERMITTED');
    await expect
      .poll(() => new Set(notices.filter(({ type }) => type === 'approval.closed').map(({ ticket: of }) => of)))
      .toEqual(new Set([agreed, waiting]));
    await rule(rules());
    for (const each of [agreed, waiting])
      expect(await see(each)).toMatchObject({ state: 'void', ended: 'policy_changed' });
    expect(await write({ ticket: agreed })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.policy' });
    expect(valueOf(await gateway.approvals(as('bob')))).toEqual([]);
    expect(audit.events.filter(({ data }) => data['why'] === 'policy_changed')).toHaveLength(2);
    expect(engine.ran).toEqual([]);
  });

  it('is noticed by whoever uses or decides, before the rest is voided', async () => {
    const inner = memoryTickets();
    // A store that never gets to the end of its list: nothing is voided but by who comes with a ticket.
    const store = {
      ...inner,
      list: (filter: TicketFilter) =>
        filter.states?.length === 2 && filter.session === undefined
          ? new Promise<never>(() => undefined)
          : inner.list(filter),
    };
    const { ticket, decide, rule, write, engine } = await office({ approvals: { store } });
    const [agreed, waiting] = [await ticket(), await ticket(await write({ sql: 'DELETE customers' }))];
    valueOf(await decide(agreed, 'bob'));
    await rule(rules('approval=role:stewards/2'));
    expect(await write({ ticket: agreed })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.policy' });
    expect(await decide(waiting, 'bob')).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.policy' });
    for (const each of [agreed, waiting])
      expect(await inner.get(each)).toMatchObject({ state: 'void', ended: 'policy_changed' });
    expect(engine.ran).toEqual([]);
  });

  it('and answers the same keeps it: asking again gives the same ticket, and one consent is enough', async () => {
    const { ticket, decide, rule, write, engine } = await office();
    const asked = await ticket();
    await rule(`${rules()}\np, idp:zoe, warehouse, ACME.OPS.*, read, allow, , zoe`);
    expect(await ticket()).toBe(asked);
    await turns(50);
    valueOf(await decide(asked, 'bob'));
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toHaveLength(1);
  });

  it('between the judgement of an opening and the consent to it, opens nothing', async () => {
    const policy = { name: 'policy.csv', text: rules() };
    const pdp = await casbin({ policy });
    let reloading = false;
    const { gateway, engine } = await house({
      identity,
      policy: pdp,
      approver: {
        seek: async ({ digest }) => {
          if (reloading) await pdp.reload();
          return { ticket: 't', reviewers: ['idp:bob'], digest };
        },
      },
    });
    const open = () =>
      gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.FINANCE',
        access: 'read',
        ttlMs: 60_000,
        reason: 'month end',
      });
    valueOf(await open());
    const live = engine.live();
    policy.text = `${rules()}\np, idp:agent, warehouse, ACME.FINANCE, *, deny, , closed`;
    reloading = true;
    expect(await open()).toMatchObject({ status: 'denied', code: 'NOT_PERMITTED', reason: 'policy.changed' });
    expect(engine.live()).toBe(live);
  });
});

describe('people and accounts', () => {
  it('a person counts once, even if two answers of theirs were kept', async () => {
    const store = memoryTickets();
    const { ticket, decide } = await office({ approvals: { store } }, 'approval=role:stewards/2');
    const asked = await ticket();
    valueOf(await decide(asked, 'bob'));
    const kept = (await store.get(asked)) as Ticket;
    const [bob] = kept.decisions;
    if (bob === undefined) throw new Error('it should be kept');
    expect(isAgreed(kept, [bob, bob])).toBe(false);
    expect(isAgreed(kept, [bob, { ...bob, person: 'carol', decision: 'reject' }])).toBe(false);
    expect(isAgreed(kept, [bob, { ...bob, person: 'carol' }])).toBe(true);
  });

  it('an identity that somebody answers for decides on nothing, nor signs', async () => {
    const { ticket, decide, write, gateway } = await office({
      approvals: { ownerOf: ({ id }) => ({ 'idp:agent': 'olga', 'idp:carol': 'somebody' })[id] },
    });
    const asked = await ticket();
    expect(await decide(asked, 'carol')).toMatchObject({ code: 'NOT_PERMITTED', reason: 'review.agent' });
    const session = valueOf(
      await gateway.open({
        ...as('oncall'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'down',
        breakGlass: true,
      }),
    ).id;
    expect(await gateway.sign({ ...as('carol'), session, comment: 'fine' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.agent',
    });
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
  });

  it('who answers for the service that an agent works for does not decide either', async () => {
    const { ticket, decide } = await office({
      approvals: { ownerOf: ({ id }) => (id === 'idp:alice' ? 'bob' : undefined) },
    });
    expect(await decide(await ticket(), 'bob')).toMatchObject({ code: 'NOT_PERMITTED', reason: 'review.self' });
  });

  it.each<[string, object]>([
    ['names nobody', { personOf: () => '' }],
    ['names nobody at all', { personOf: () => undefined }],
    ['promises a person', { personOf: async () => 'bob' }],
    [
      'fails',
      {
        personOf: () => {
          throw new Error('the directory is down: secret');
        },
      },
    ],
    ['promises an owner', { ownerOf: async () => undefined }],
    ['has no word for nobody', { ownerOf: () => null }],
    [
      'fails on owners',
      {
        ownerOf: () => {
          throw new Error('the directory is down: secret');
        },
      },
    ],
  ])('a directory that %s is no directory: nothing is decided', async (_what, directory) => {
    const { ticket, gateway, write, audit } = await office({ approvals: { ...people, ...directory } });
    const asked = await ticket();
    const binding = audit.events.find(({ code }) => code === 'statement.approval_requested')?.data['binding'] as string;
    const answer = await gateway.decide({ ...as('bob'), ticket: asked, decision: 'approve', digest: binding });
    expect([answer.status, codeOf(answer)]).toEqual(['failed', 'APPROVAL_UNAVAILABLE']);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
  });
});
