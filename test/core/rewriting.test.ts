import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryPolicy, type MemoryRule } from '../../src/adapters/memory/index.js';
import { deny, type AuditEvent, type Json, type Obligation, type Plugin } from '../../src/core/index.js';
import { as, codeOf, house, rowsOf, valueOf } from './test-gateway.js';
import { office, rules as officeRules, type Office } from './approvals/test-reviewers.js';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const rewriting = (to: string, name = 'rewriter', obligation = 'rewrite'): Plugin => ({
  name,
  setup: (host) => host.fulfil(obligation, () => to),
});

function obliged(...obligations: readonly Obligation[]): readonly MemoryRule[] {
  return [
    { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
    { id: 'any', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: '*', obligations },
  ];
}
const rewrite: Obligation = { type: 'rewrite', value: true };
const at = (events: readonly AuditEvent[], code: string): Readonly<Record<string, Json>> | undefined =>
  events.find((event) => event.code === code)?.data;

/** What an event says of a text, whichever of its places it has. */
const told = (text: string, summary: string) => ({
  operation: text.split(' ')[0],
  sql: text,
  digest: sha(text),
  summary,
});
const rewrites = [{ plugin: 'rewriter', obligation: 'rewrite', rule: 'any' }];

const widened = () => house({ plugins: [rewriting('DELETE orders')] }, undefined, obliged(rewrite));

describe('a statement that a plugin rewrote beyond the grant', () => {
  it('is denied as what the caller sent, and the record says what the plugin made of it', async () => {
    const { session, run, audit } = await widened();
    const outcome = await run(await session({ access: 'write' }), 'SELECT orders');
    expect(outcome).toMatchObject({ code: 'NOT_PERMITTED', reason: 'obligation.widened' });
    const denied = at(audit.events, 'statement.denied');
    expect(denied).toMatchObject({
      kind: 'read',
      ...told('SELECT orders', 'SELECT ACME.OPS.ORDERS'),
      reads: ['ACME.OPS.ORDERS'],
      writes: [],
    });
    expect(denied?.['rewrites']).toEqual(rewrites);
    expect(denied?.['rewritten']).toMatchObject({
      kind: 'write',
      ...told('DELETE orders', 'DELETE ACME.OPS.ORDERS'),
      writes: ['ACME.OPS.ORDERS'],
    });
    expect(denied).not.toHaveProperty('asked');
  });

  it('is explained so', async () => {
    const { gateway, session } = await widened();
    const id = await session({ access: 'write' });
    expect(valueOf(await gateway.explain({ ...as('token-a'), session: id, sql: 'SELECT orders' }))).toMatchObject({
      decision: 'deny',
      kind: 'read',
      operation: 'SELECT',
      canonical: 'SELECT orders',
      reads: ['ACME.OPS.ORDERS'],
      writes: [],
      rewrites,
      rewritten: { kind: 'write', operation: 'DELETE', canonical: 'DELETE orders', writes: ['ACME.OPS.ORDERS'] },
    });
  });

  it("is not told to observers as the plugin's", async () => {
    const seen: unknown[] = [];
    const watching: Plugin = {
      name: 'watching',
      setup: (host) =>
        host.observe((what, _watched, work) =>
          what === 'statement' ? work().then(({ watched }) => seen.push(watched)) : work(),
        ),
    };
    const { session, run } = await house(
      { plugins: [rewriting('DELETE orders'), watching] },
      undefined,
      obliged(rewrite),
    );
    await run(await session({ access: 'write' }), 'SELECT orders');
    expect(seen).toMatchObject([{ operation: 'SELECT', redacted: 'SELECT orders' }]);
  });

  it('holds nothing that cannot be read against the caller', async () => {
    const { session, run, audit } = await house({ plugins: [rewriting('nonsense')] }, undefined, obliged(rewrite));
    expect(codeOf(await run(await session()))).toBe('NOT_PERMITTED');
    expect(at(audit.events, 'statement.denied')).toMatchObject({
      kind: 'read',
      operation: 'SELECT',
      rewritten: { kind: 'invalid' },
    });
  });
});

describe('a statement that a plugin rewrote within the grant', () => {
  it('is recorded with both texts in each of its events', async () => {
    const { session, run, audit } = await house({ plugins: [rewriting('SELECT ORDERS')] }, undefined, obliged(rewrite));
    await rowsOf(valueOf(await run(await session(), 'SELECT orders customers')));
    for (const code of ['statement.authorized', 'statement.executed']) {
      const data = at(audit.events, code);
      expect([code, data]).toMatchObject([
        code,
        {
          ...told('SELECT ORDERS', 'SELECT ACME.OPS.ORDERS'),
          rewrites,
          asked: told('SELECT orders customers', 'SELECT ACME.OPS.ORDERS ACME.OPS.CUSTOMERS'),
        },
      ]);
      expect(data).not.toHaveProperty('rewritten');
    }
  });

  it('is explained with both, and says nothing of rewriting where nothing was', async () => {
    const { gateway, session } = await house({ plugins: [rewriting('SELECT ORDERS')] }, undefined, obliged(rewrite));
    const id = await session();
    const explain = async (sql: string) => valueOf(await gateway.explain({ ...as('token-a'), session: id, sql }));
    expect(await explain('SELECT orders')).toMatchObject({
      decision: 'allow',
      canonical: 'SELECT ORDERS',
      rewrites,
      asked: { canonical: 'SELECT orders', kind: 'read' },
    });
    const same = await explain('SELECT ORDERS');
    expect([same.rewrites, same.asked, same.rewritten]).toEqual([undefined, undefined, undefined]);
  });

  it('names each plugin that changed it, in order, and none that did not', async () => {
    const plugins = [
      rewriting('SELECT orders customers', 'first', 'one'),
      { name: 'idle', setup: (host) => host.fulfil('two', ({ sql }) => sql) } satisfies Plugin,
      rewriting('SELECT ORDERS', 'last', 'three'),
    ];
    const { session, run, audit } = await house(
      { plugins },
      undefined,
      obliged(...['one', 'two', 'three'].map((type) => ({ type, value: true }))),
    );
    valueOf(await run(await session(), 'SELECT orders customers suppliers'));
    expect(at(audit.events, 'statement.executed')?.['rewrites']).toMatchObject([
      { plugin: 'first' },
      { plugin: 'last' },
    ]);
  });

  it('is denied afterwards as what the caller sent', async () => {
    const guard: Plugin = {
      name: 'guard',
      setup: (host) => host.guard('scope', ({ moment }) => (moment === 'run' ? deny('GUARDED', 'no') : undefined)),
    };
    const { session, run, audit } = await house(
      { plugins: [rewriting('SELECT ORDERS'), guard] },
      undefined,
      obliged(rewrite),
    );
    await run(await session(), 'SELECT orders');
    expect(at(audit.events, 'statement.denied')).toMatchObject({
      sql: 'SELECT orders',
      rewritten: { sql: 'SELECT ORDERS' },
    });
  });

  it.each([
    ['metadata', undefined, undefined],
    ['full', 'SELECT ORDERS', 'SELECT orders'],
  ])('keeps at the level %s as much of one text as of the other', async (level, text, askedText) => {
    const { session, run, audit } = await house(
      { plugins: [rewriting('SELECT ORDERS')] },
      undefined,
      obliged(rewrite, { type: 'record', value: level }),
    );
    valueOf(await run(await session(), 'SELECT orders'));
    const event = audit.events.find(({ code }) => code === 'statement.authorized');
    expect([event?.text, event?.askedText]).toEqual([text, askedText]);
    expect(level === 'metadata' ? JSON.stringify(audit.events) : 'SELECT ORDERS').toContain(
      level === 'metadata' ? sha('SELECT orders') : 'SELECT ORDERS',
    );
    if (level === 'metadata') expect(JSON.stringify(event?.data)).not.toContain('"sql"');
  });
});

/** Writes need a steward, and are rewritten. */
async function rewritingOffice(): Promise<Office> {
  const place = await office({ plugins: [rewriting('DELETE ORDERS', 'rewriter', 'mark')] });
  await place.rule(officeRules().replace('approval=role:stewards, writes', 'approval=role:stewards;mark, writes'));
  return place;
}

describe('what people agree to', () => {
  it('is shown as what would run, and as rewritten from what', async () => {
    const { write, ticket, see, notices, audit } = await rewritingOffice();
    const view = await see(await ticket(await write()), 'bob');
    expect(view.statement).toMatchObject({
      canonical: 'DELETE ORDERS',
      rewrites: [{ plugin: 'rewriter', obligation: 'mark', rule: 'writes' }],
      asked: { canonical: 'DELETE orders', kind: 'write', operation: 'DELETE' },
    });
    expect(JSON.stringify(view)).not.toContain('redacted');
    expect(notices[0]?.statement).toMatchObject({
      redacted: 'DELETE ORDERS',
      asked: { redacted: 'DELETE orders' },
      rewrites: [{ plugin: 'rewriter' }],
    });
    expect(at(audit.events, 'statement.approval_requested')).toMatchObject({
      sql: 'DELETE ORDERS',
      asked: { sql: 'DELETE orders' },
    });
  });

  it('is bound to what was asked for too', async () => {
    const { write, ticket, decide } = await rewritingOffice();
    const id = await ticket(await write());
    valueOf(await decide(id));
    expect(await write({ sql: 'DELETE  Orders', ticket: id })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.asked',
    });
    expect(codeOf(await write({ ticket: id }))).toBe('completed');
  });
});

it('a policy of a list names the rule of each obligation', async () => {
  const policy = memoryPolicy(obliged(rewrite));
  const person = { id: 'idp:a', subject: 'a', issuer: 'idp' };
  expect(
    await policy.decide(
      {
        identity: { principal: person, actor: person, expiresAt: 1 },
        connection: 'warehouse',
        asks: [{ action: 'read', object: 'ACME.OPS.X' }],
        context: {},
      },
      new AbortController().signal,
    ),
  ).toMatchObject({ obligations: [{ type: 'rewrite', rule: 'any' }] });
});
