import { describe, expect, it } from 'vitest';
import { casbin } from '../../../src/adapters/casbin/index.js';
import { memoryAudit } from '../../../src/adapters/memory/index.js';
import { as, codeOf, house, valueOf } from '../test-gateway.js';
import { identity, office, rules } from './test-reviewers.js';

const glass = {
  ...as('oncall'),
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'write',
  ttlMs: 600_000,
  reason: 'the site is down',
  breakGlass: true,
} as const;

describe('break-glass access', () => {
  it('opens under rules of its own, tells at once, labels every event, and is listed until somebody else has signed', async () => {
    const { gateway, audit, notices } = await office();
    expect(codeOf(await gateway.open({ ...glass, breakGlass: false }))).toBe('NOT_PERMITTED');
    const session = valueOf(await gateway.open(glass));
    expect(session.breakGlass).toBe(true);
    expect(notices.at(-1)).toMatchObject({
      type: 'breakglass.activated',
      session: session.id,
      reason: 'the site is down',
    });
    valueOf(await gateway.run({ ...as('oncall'), session: session.id, sql: 'DELETE orders' }));
    valueOf(await gateway.close({ ...as('oncall'), session: session.id }));
    const its = audit.events.filter((event) => event.session === session.id);
    expect(its.map((event) => [event.code, event.data['breakGlass']])).toEqual(
      [
        'session.requested',
        'breakglass.activated',
        'session.opened',
        'statement.authorized',
        'statement.executed',
        'session.closed',
      ].map((code) => [code, true]),
    );
    expect(valueOf(await gateway.reviews(as('bob')))).toMatchObject([
      { session: session.id, reason: 'the site is down' },
    ]);
    expect(codeOf(await gateway.sign({ ...as('bob'), session: session.id, comment: undefined as never }))).toBe(
      'INVALID_REQUEST',
    );
    expect(
      valueOf(await gateway.sign({ ...as('bob'), session: session.id, comment: 'it was right' })).signed,
    ).toMatchObject({ by: { id: 'idp:bob' } });
    expect(valueOf(await gateway.reviews(as('bob')))).toEqual([]);
    expect(audit.events.at(-1)).toMatchObject({
      code: 'breakglass.reviewed',
      who: { principal: 'idp:bob' },
      data: { breakGlass: true, comment: 'it was right' },
    });
    expect(codeOf(await gateway.sign({ ...as('bob'), session: session.id, comment: 'again' }))).toBe('NOT_FOUND');
  });

  it('opens nothing where the rules know no emergency, nor while the record cannot be written', async () => {
    const { gateway } = await office();
    expect(codeOf(await gateway.open({ ...glass, ...as('agent') }))).toBe('NOT_PERMITTED');
    expect(codeOf(await gateway.open({ ...glass, breakGlass: 'yes' as never }))).toBe('INVALID_REQUEST');
  });

  it('needs people who are told and look at it afterwards: without approvals it opens nothing', async () => {
    const { gateway, engine, codes } = await house({
      identity,
      policy: await casbin({ policy: { name: 'policy.csv', text: rules() } }),
    });
    expect(await gateway.open(glass)).toMatchObject({ code: 'APPROVAL_REQUIRED', reason: 'breakglass.not_configured' });
    expect([engine.live(), codes()]).toEqual([0, ['gateway.started', 'session.denied']]);
  });

  it('is over for whoever broke it a hundred times, until somebody has looked', async () => {
    const { gateway } = await office({ approvals: { requestsPerActor: 1_000 } });
    const broken: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const { id } = valueOf(await gateway.open(glass));
      valueOf(await gateway.close({ ...as('oncall'), session: id }));
      broken.push(id);
    }
    expect(await gateway.open(glass)).toMatchObject({ code: 'TOO_MANY_APPROVALS', reason: 'breakglass.unreviewed' });
    expect(valueOf(await gateway.reviews(as('bob')))).toHaveLength(100);
    valueOf(await gateway.sign({ ...as('bob'), session: broken[7] ?? '', comment: 'seen' }));
    valueOf(await gateway.open(glass));
  });

  it('is signed once, whoever hurries', async () => {
    const { gateway, codes } = await office();
    const { id } = valueOf(await gateway.open(glass));
    expect(await gateway.sign({ ...as('bob'), session: id, comment: 'seen' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.open',
    });
    valueOf(await gateway.close({ ...as('oncall'), session: id }));
    const signed = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        gateway.sign({ ...as(index % 2 === 0 ? 'bob' : 'carol'), session: id, comment: 'seen' }),
      ),
    );
    expect(signed.map(codeOf).toSorted()).toEqual([...Array<string>(19).fill('NOT_FOUND'), 'completed']);
    expect(codes().filter((code) => code === 'breakglass.reviewed')).toHaveLength(1);
  });

  it('is not signed by who broke it, whatever else they may oversee', async () => {
    const { gateway, rule } = await office();
    await rule(`${rules()}\np, idp:oncall, warehouse, ACME.OPS, oversee, allow, , oncall-oversees`);
    const { id } = valueOf(await gateway.open(glass));
    valueOf(await gateway.close({ ...as('oncall'), session: id }));
    expect(await gateway.sign({ ...as('oncall-reviews'), session: id, comment: 'all fine' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.self',
    });
    expect(valueOf(await gateway.reviews(as('bob')))).toHaveLength(1);
  });

  it('stays on the list while the signature cannot be recorded', async () => {
    const inner = memoryAudit();
    let full = false;
    const { gateway } = await office({
      audit: { ...inner, append: (event) => (full ? Promise.reject(new Error('disk full')) : inner.append(event)) },
    });
    const { id } = valueOf(await gateway.open(glass));
    valueOf(await gateway.close({ ...as('oncall'), session: id }));
    full = true;
    expect(codeOf(await gateway.sign({ ...as('bob'), session: id, comment: 'seen' }))).toBe('AUDIT_UNAVAILABLE');
    full = false;
    expect(valueOf(await gateway.reviews(as('bob')))).toMatchObject([{ session: id }]);
  });

  it('may wait for people too, who see that it is an emergency; so does every line of the record', async () => {
    const { gateway, ticket, see, decide, audit, rule } = await office();
    await rule(
      rules().replace('breakglass:write, allow, , glass-writes', 'breakglass:write, allow, approval, glass-writes'),
    );
    const { id } = valueOf(await gateway.open(glass));
    const run = (more: object = {}) => gateway.run({ ...as('oncall'), session: id, sql: 'DELETE orders', ...more });
    const asked = await ticket(await run());
    expect(await see(asked)).toMatchObject({ breakGlass: true, rules: ['glass-writes'] });
    valueOf(await decide(asked));
    valueOf(await run({ ticket: asked }));
    valueOf(await gateway.revoke({ ...as('bob'), session: id }));
    const its = audit.events.filter((event) => event.session === id);
    expect(its.map(({ code }) => code)).toContain('statement.approval_decided');
    expect(its.filter(({ data }) => data['breakGlass'] !== true)).toEqual([]);
  });

  it('opens nothing before the record has it', async () => {
    const inner = memoryAudit();
    const { gateway, engine, notices } = await office({
      audit: {
        ...inner,
        append: (event) =>
          event.code === 'breakglass.activated' ? Promise.reject(new Error('disk full')) : inner.append(event),
      },
    });
    const before = engine.live();
    expect(codeOf(await gateway.open(glass))).toBe('AUDIT_UNAVAILABLE');
    expect([engine.live(), notices]).toEqual([before, []]);
  });
});
