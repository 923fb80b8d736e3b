import { expect, it } from 'vitest';
import { memoryAudit, memoryPolicy } from '../../src/adapters/memory/index.js';
import type { PolicyDecisionPoint } from '../../src/core/index.js';
import { codeOf, house, rules } from './test-gateway.js';

function replaceable(): { policy: PolicyDecisionPoint; now: (next: PolicyDecisionPoint) => void } {
  let current = memoryPolicy(rules, 'v1');
  return {
    policy: {
      get version() {
        return current.version;
      },
      decide: (question, signal) => current.decide(question, signal),
    },
    now: (next) => {
      current = next;
    },
  };
}

it('a policy that answers from other rules is told once, with both versions, and belongs to nobody', async () => {
  const { policy, now } = replaceable();
  const at = await house({ policy });
  const session = await at.session();
  expect(at.codes()).not.toContain('policy.changed');
  now(memoryPolicy(rules, 'v2'));
  await Promise.all(Array.from({ length: 10 }, () => at.run(session)));
  await at.run(session);
  const [told, ...more] = at.audit.events.filter(({ code }) => code === 'policy.changed');
  expect(more).toEqual([]);
  expect(told?.data).toEqual({ before: 'v1', after: 'v2' });
  expect(told).not.toHaveProperty('who');
  now(memoryPolicy(rules, 'v1'));
  await at.session();
  expect(at.audit.events.filter(({ code }) => code === 'policy.changed').map(({ data }) => data['after'])).toEqual([
    'v2',
    'v1',
  ]);
});

it('a record that does not take it opens nothing more', async () => {
  const { policy, now } = replaceable();
  const audit = memoryAudit();
  const at = await house({
    policy,
    audit: {
      ...audit,
      append: async (event) => {
        if (event.code === 'policy.changed') throw new Error('not now');
        await audit.append(event);
      },
    },
    limits: { auditTimeoutMs: 50 },
  });
  await at.session();
  now(memoryPolicy([], 'v2'));
  expect(codeOf(await at.open())).toBe('AUDIT_UNAVAILABLE');
});
