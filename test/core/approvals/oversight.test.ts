import { describe, expect, it } from 'vitest';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office } from './test-reviewers.js';

describe('overseeing', () => {
  it('lists live sessions, shows their record, and ends one, cancelling what runs', async () => {
    const { gateway, id, codes, audit, notices, run, engine } = await office(
      {},
      undefined,
      (_statement, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    expect(valueOf(await gateway.sessions(as('bob'))).map((each) => each.id)).toEqual([id]);
    expect(valueOf(await gateway.record({ ...as('bob'), session: id })).events.map((event) => event.code)).toEqual([
      'session.requested',
      'session.opened',
    ]);
    const running = run(id, 'SELECT orders', 'agent');
    await expect.poll(() => engine.ran).toEqual(['SELECT orders']);
    valueOf(await gateway.revoke({ ...as('bob'), session: id, comment: 'stop it' }));
    expect(codeOf(await running)).toBe('SESSION_REVOKED');
    expect(codes()).toContain('session.revoked');
    expect(audit.events.find((event) => event.code === 'session.revoked')?.data).toMatchObject({
      by: 'revoked',
      revokedBy: 'idp:bob',
      comment: 'stop it',
    });
    expect(notices.at(-1)).toMatchObject({ type: 'session.revoked', by: { id: 'idp:bob' }, comment: 'stop it' });
    valueOf(await gateway.revoke({ ...as('bob'), session: id }));
    expect(valueOf(await gateway.sessions(as('bob')))).toEqual([]);
  });
});
