import { describe, expect, it } from 'vitest';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office, rules } from './test-reviewers.js';

describe('who may decide', () => {
  it.each([
    ['the person it is for', 'alice', 'review.self'],
    ['another account of that person', 'alice-again', 'review.self'],
    ['who answers for the agent', 'owner', 'review.self'],
    ['the agent with a token for reviewing', 'agent-alone', 'review.self'],
    ['who acts for somebody', 'agent-reviews', 'review.delegated'],
    ['a token that is not for reviewing', 'bob-unscoped', 'review.scope'],
    ['who is not of the role', 'dave', 'review.role'],
  ])('not %s', async (_who, token, reason) => {
    const { ticket, decide, engine, write, audit } = await office();
    const asked = await ticket();
    for (const decision of ['approve', 'reject'] as const)
      expect(await decide(asked, token, { decision })).toMatchObject({
        status: 'denied',
        code: 'NOT_PERMITTED',
        reason,
      });
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
    expect(engine.ran).toEqual([]);
    const attempts = audit.events.filter((event) => event.data['decision'] === 'refused');
    // What would have been consent to one's own request is recorded, whatever stood in its way first.
    expect(attempts.map(({ data }) => [data['why'], data['reason']])).toEqual(
      ['review.self', 'review.delegated'].includes(reason)
        ? [
            [reason, 'approval.self'],
            [reason, 'approval.self'],
          ]
        : [],
    );
  });

  it("an agent's token is of no use on any of a reviewer's paths", async () => {
    const { ticket, gateway, id } = await office();
    const asked = await ticket();
    for (const token of ['agent', 'oncall', 'agent-reviews']) {
      const me = as(token);
      const answers = await Promise.all([
        gateway.approvals(me),
        gateway.sessions(me),
        gateway.reviews(me),
        gateway.revoke({ ...me, session: id }),
        gateway.revoke({ ...me, session: 'x' }),
        gateway.sign({ ...me, session: id, comment: 'ok' }),
        gateway.decide({ ...me, ticket: asked, decision: 'approve', digest: 'a'.repeat(64) }),
        gateway.decide({ ...me, ticket: 'x', decision: 'approve', digest: 'a'.repeat(64) }),
      ]);
      expect(answers.map(codeOf)).toEqual(answers.map(() => 'NOT_PERMITTED'));
    }
  });

  it('what a reviewer may not see looks like what does not exist', async () => {
    const { gateway, rule, ticket, id } = await office();
    const asked = await ticket();
    await rule(
      rules()
        .replaceAll(/p, (?:role:stewards|idp:dave).*\n/g, '')
        .replaceAll(/g, .*role:stewards.*\n/g, ''),
    );
    const digest = 'a'.repeat(64);
    const pairs = [
      [
        await gateway.approval({ ...as('bob'), ticket: asked }),
        await gateway.approval({ ...as('bob'), ticket: 'none' }),
      ],
      [
        await gateway.decide({ ...as('bob'), ticket: asked, decision: 'approve', digest }),
        await gateway.decide({ ...as('bob'), ticket: 'none', decision: 'approve', digest }),
      ],
      [await gateway.revoke({ ...as('bob'), session: id }), await gateway.revoke({ ...as('bob'), session: 'none' })],
      [await gateway.record({ ...as('bob'), session: id }), await gateway.record({ ...as('bob'), session: 'none' })],
    ];
    for (const [foreign, none] of pairs) {
      expect(codeOf(foreign as never)).toBe('NOT_FOUND');
      expect({ ...foreign, id: '' }).toEqual({ ...none, id: '' });
    }
    expect(valueOf(await gateway.approvals(as('bob')))).toEqual([]);
    expect(valueOf(await gateway.sessions(as('bob')))).toEqual([]);
  });

  it('one person twice is not two, whatever accounts', async () => {
    const { ticket, decide, write, engine } = await office({}, 'approval=role:stewards/2');
    const asked = await ticket();
    expect(valueOf(await decide(asked, 'bob')).state).toBe('pending');
    expect(await decide(asked, 'bob')).toMatchObject({ reason: 'approval.twice' });
    expect(await decide(asked, 'bob-again')).toMatchObject({ reason: 'approval.twice' });
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
    expect(valueOf(await decide(asked, 'carol')).state).toBe('approved');
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toHaveLength(1);
  });

  it('not without the digest of what was shown, nor with a stale one, nor after somebody did', async () => {
    const { ticket, decide, see, write, gateway } = await office();
    const [one, other] = [await ticket(), await ticket(await write({ sql: 'DELETE customers' }))];
    expect(await decide(one, 'bob', { digest: (await see(other)).digest })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.digest',
    });
    for (const digest of ['', 'A'.repeat(64), undefined, 7])
      expect(
        codeOf(await gateway.decide({ ...as('bob'), ticket: one, decision: 'approve', digest: digest as string })),
      ).toBe('INVALID_REQUEST');
    expect(codeOf(await decide(one, 'bob', { decision: 'yes' as never }))).toBe('INVALID_REQUEST');
    expect(codeOf(await decide(one, 'bob', { comment: 'x'.repeat(1_001) }))).toBe('INVALID_REQUEST');
    valueOf(await decide(one));
    expect(await decide(one, 'carol')).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.state' });
  });

  it('nothing counts that is not recorded', async () => {
    let broken = false;
    const { memoryAudit } = await import('../../../src/adapters/memory/index.js');
    const inner = memoryAudit();
    const { ticket, decide, see, write } = await office({
      audit: { ...inner, append: (event) => (broken ? Promise.reject(new Error('disk full')) : inner.append(event)) },
    });
    const asked = await ticket();
    broken = true;
    expect(codeOf(await decide(asked))).toBe('AUDIT_UNAVAILABLE');
    broken = false;
    expect((await see(asked)).state).toBe('pending');
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending' });
  });

  it('decides on nothing after the policy came to answer otherwise', async () => {
    const { ticket, decide, rule, see } = await office();
    const asked = await ticket();
    await rule(rules('approval=role:stewards/2'));
    expect(await decide(asked)).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.policy' });
    expect(await see(asked)).toMatchObject({ state: 'void', ended: 'policy_changed' });
  });
});
