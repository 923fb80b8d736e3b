import { describe, expect, it } from 'vitest';
import { memoryApprover, memoryAudit } from '../../src/adapters/memory/index.js';
import { AccessError, deny, type AuditEvent, type Execution, type Plugin, type Row } from '../../src/core/index.js';
import { turns } from '../support/event-loop-turns.js';
import { FakeClock } from './fake-clock.js';
import { as, codeOf, house, rowsOf, rules, valueOf } from './test-gateway.js';

const everything = [{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }];

describe('what is not there and what is not permitted look the same', () => {
  it.each<[string, object]>([
    ['connection', { connection: 'lake' }],
    ['schema', { schema: 'ACME.NOWHERE' }],
    ['database', { schema: 'OTHER.OPS' }],
    ['spelling', { schema: 'ACME."ops"' }],
  ])('an unknown %s', async (_name, change) => {
    const permitted = await (await house({}, undefined, everything)).open(change);
    const forbidden = await (await house({}, undefined, [])).open();
    expect({ ...permitted, id: '' }).toEqual({ ...forbidden, id: '' });
    expect(forbidden).toMatchObject({ code: 'NOT_PERMITTED', reason: 'policy.silent' });
  });

  it('but a rule that denies is named as one that denies', async () => {
    const { open } = await house({}, undefined, [
      ...everything,
      { id: 'no', subject: '*', connection: '*', object: 'ACME.OPS', action: '*', effect: 'deny' },
    ]);
    expect(await open()).toMatchObject({ code: 'NOT_PERMITTED', reason: 'policy.denied' });
  });
});

const fulfilling = (act: () => string): Plugin => ({ name: 'p', setup: (host) => host.fulfil('rewrite', act) });

describe('a fulfiller', () => {
  const obliged = rules.map((rule) =>
    rule.id === 'all-read' ? { ...rule, obligations: [{ type: 'rewrite', value: 1 }] } : rule,
  );

  it.each<[string, () => string]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['answers nothing', () => undefined as never],
    ['answers an object', () => ({}) as never],
  ])('that %s fails the statement', async (_name, act) => {
    const { session, run, engine } = await house({ plugins: [fulfilling(act)] }, undefined, obliged);
    expect(codeOf(await run(await session()))).toBe('PLUGIN_FAILED');
    expect(engine.ran).toEqual([]);
  });

  it('that leaves the text as it is changes nothing, and there is one for each obligation', async () => {
    const same: Plugin = { name: 'same', setup: (host) => host.fulfil('rewrite', ({ sql }) => sql) };
    const { session, run, engine } = await house({ plugins: [same] }, undefined, obliged);
    expect(codeOf(await run(await session()))).toBe('completed');
    expect(engine.ran).toEqual(['SELECT orders']);
    await expect(house({ plugins: [same, { ...same, name: 'again' }] })).rejects.toMatchObject({
      code: 'CONFIG_DUPLICATE',
    });
  });
});

describe('time that passes on the way', () => {
  it('a token that runs out while policy thinks opens nothing', async () => {
    const clock = new FakeClock();
    const who = { id: 'idp:a', subject: 'a', issuer: 'idp' };
    for (const [ms, code] of [
      [5, 'UNAUTHENTICATED'],
      [6, 'UNAUTHENTICATED'],
      [4, 'completed'],
    ] as const) {
      const { open } = await house({
        clock,
        identity: { authenticate: async () => ({ principal: who, actor: who, expiresAt: clock.now() + 5 }) },
        policy: {
          version: 'v',
          decide: async () => {
            clock.forward(ms);
            return { effect: 'permit', rules: ['r'], policyVersion: 'v', obligations: [] };
          },
        },
      });
      expect(codeOf(await open())).toBe(code);
    }
  });

  it('a session whose deadline passes while it opens is closed again', async () => {
    const clock = new FakeClock();
    const inner = memoryAudit();
    const audit = {
      ...inner,
      append: async (event: AuditEvent) => {
        await inner.append(event);
        if (event.code === 'session.opened') clock.forward(1_500);
      },
    };
    const { open, engine } = await house({ clock, audit });
    expect(codeOf(await open({ ttlMs: 1_000 }))).toBe('SESSION_EXPIRED');
    await expect.poll(() => engine.live()).toBe(0);
  });

  it('a signal that was aborted before runs nothing', async () => {
    const { session, run, engine } = await house();
    const id = await session();
    const gone = new AbortController();
    gone.abort();
    expect(codeOf(await run(id, 'SELECT orders', 'token-a', gone.signal))).toBe('ABORTED');
    expect(engine.ran).toEqual([]);
  });
});

describe('an execution that comes when nobody waits any more', () => {
  it('is let go at the engine, and then the next one runs', async () => {
    let give: ((execution: Execution) => void) | undefined;
    let released = 0;
    const rows: AsyncIterable<readonly Row[]> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }),
        return: async () => {
          released += 1;
          return { done: true, value: undefined };
        },
      }),
    };
    const execution: Execution = { queryId: 'q', columns: [], batches: rows };
    let calls = 0;
    const run = (): Promise<Execution> =>
      (calls += 1) === 1
        ? new Promise((resolve) => {
            give = resolve;
          })
        : Promise.resolve(execution);
    const connector = {
      engine: 'late',
      schemas: [{ database: 'ACME', schema: 'OPS' }],
      open: async () => ({ id: 'e', run, close: async () => undefined }),
    };
    const { session, run: ask } = await house({ connections: { warehouse: connector } });
    const id = await session();
    const leave = new AbortController();
    const first = ask(id, 'SELECT one', 'token-a', leave.signal);
    await expect.poll(() => calls).toBe(1);
    leave.abort();
    expect(codeOf(await first)).toBe('ABORTED');
    const second = ask(id, 'SELECT two');
    await turns(50);
    expect(calls).toBe(1);
    give?.(execution);
    expect(await rowsOf(valueOf(await second))).toEqual([]);
    expect(released).toBe(1);
  });
});

describe('closing while the record cannot be written', () => {
  it('says so, and says it is closed once it is written', async () => {
    const inner = memoryAudit();
    let broken = false;
    const audit = {
      ...inner,
      append: (event: AuditEvent) =>
        broken ? Promise.reject(new AccessError('AUDIT_UNAVAILABLE')) : inner.append(event),
    };
    const { gateway, session, engine } = await house({ audit });
    const id = await session();
    broken = true;
    expect(codeOf(await gateway.close({ ...as('token-a'), session: id }))).toBe('AUDIT_UNAVAILABLE');
    expect(engine.live()).toBe(0);
    broken = false;
    expect(valueOf(await gateway.close({ ...as('token-a'), session: id })).state).toBe('closed');
    expect(inner.events.filter((event) => event.code === 'session.closed')).toHaveLength(1);
  });
});

describe('a pending approval', () => {
  it('is an event with its ticket and its time, and the terms are what policy said', async () => {
    const approver = memoryApprover(60_000);
    const terms: unknown[] = [];
    const held = rules.map((rule) =>
      rule.id === 'all-read'
        ? {
            ...rule,
            obligations: [
              { type: 'approval', value: 'lead' },
              { type: 'approval', value: 2 },
            ],
          }
        : rule,
    );
    const { session, run, audit } = await house(
      {
        approver: {
          seek: (request, signal) => {
            terms.push(request.terms);
            return approver.seek(request, signal);
          },
        },
      },
      undefined,
      held,
    );
    const outcome = await run(await session());
    expect(outcome.status).toBe('pending');
    expect(audit.events.at(-1)).toMatchObject({
      code: 'statement.approval_requested',
      data: { ticket: approver.tickets()[0], expiresAt: expect.any(Number) as number },
    });
    expect(terms).toEqual([['lead', 2]]);
  });
});

describe('a guard', () => {
  it('keeps a reason of its own where it is one', async () => {
    const plugin: Plugin = {
      name: 'g',
      setup: (host) => host.guard('identity', () => deny('GUARDED', 'no', { reason: 'hours.closed' })),
    };
    expect(await (await house({ plugins: [plugin] })).open()).toMatchObject({ reason: 'hours.closed' });
  });
});
