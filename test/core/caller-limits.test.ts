import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../src/adapters/memory/index.js';
import type { IdentityProvider, Outcome } from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';
import { as, codeOf, house, valueOf } from './test-gateway.js';

const limits = { requestsPerCaller: 10, requestBurstPerCaller: 20 };

const times = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work));

const reasonOf = (outcome: Outcome<unknown>): unknown => (outcome.status === 'denied' ? outcome.reason : undefined);

describe('a caller who asks without end', () => {
  it('is told to wait, for so long as it takes, and then may go on', async () => {
    const clock = new FakeClock();
    const { gateway } = await house({ clock, limits });
    const ask = () => gateway.connections(as('token-a'));
    expect((await times(20, ask)).map(codeOf)).toEqual(Array.from({ length: 20 }, () => 'completed'));
    clock.forward(500);
    const refused = await ask();
    expect(refused).toMatchObject({
      status: 'denied',
      code: 'RATE_LIMITED',
      reason: 'rate.requests',
      at: 'identity',
      retryAfterMs: 1_500,
      hint: expect.stringContaining('Wait 2 s') as string,
    });
    clock.forward(1_499);
    expect(codeOf(await ask())).toBe('RATE_LIMITED');
    clock.forward(2);
    expect(codeOf(await ask())).toBe('completed');
  });

  it('costs nobody else anything: neither another actor, nor the same for another person', async () => {
    const { gateway } = await house({ limits, clock: new FakeClock() });
    await times(40, () => gateway.connections(as('token-a')));
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('RATE_LIMITED');
    for (const token of ['token-b', 'token-for-alice'])
      expect(codeOf(await gateway.connections(as(token)))).toBe('completed');
  });

  it('is counted whatever it asks, before anything is judged, and none of it is a line of the record', async () => {
    const clock = new FakeClock();
    const asked: unknown[] = [];
    const policy = {
      version: 'v',
      decide: async (question: unknown) => {
        asked.push(question);
        return { effect: 'permit', rules: ['r'], policyVersion: 'v', obligations: [] } as const;
      },
    };
    const { gateway, session, codes, run, open } = await house({ clock, limits, policy });
    const id = await session();
    await times(19, () => gateway.session({ ...as('token-a'), session: id }));
    const before = [codes().length, asked.length];
    const more = [
      () => run(id),
      () => open(),
      () => gateway.explain({ ...as('token-a'), session: id, sql: 'SELECT orders' }),
      () => gateway.describe({ ...as('token-a'), session: id }),
      () => gateway.record({ ...as('token-a'), session: id }),
      () => gateway.identify(as('token-a')),
    ];
    for (const ask of more) expect(codeOf((await ask()) as Outcome<unknown>)).toBe('RATE_LIMITED');
    expect(asked).toHaveLength(before[1] as number);
    expect(codes().slice(before[0])).toEqual(['actor.limited']);
  });

  it('is told in the record at once, and once a minute with how often since', async () => {
    const clock = new FakeClock();
    const { gateway, audit } = await house({ clock, limits });
    const told = () =>
      audit.events
        .filter(({ code }) => code === 'actor.limited')
        .map(({ who, data }) => [who?.actor, data['limit'], data['count']]);
    await times(120, () =>
      gateway.connections({ ...as('token-a'), transport: { protocol: 'rest', address: '192.0.2.7' } }),
    );
    expect(told()).toEqual([['idp:agent-a', 'requests', 1]]);
    clock.forward(60_000);
    expect(told()).toEqual([
      ['idp:agent-a', 'requests', 1],
      ['idp:agent-a', 'requests', 99],
    ]);
    expect(audit.events.at(-1)?.data).toEqual({
      limit: 'requests',
      count: 99,
      transport: { protocol: 'rest', address: '192.0.2.7' },
    });
    clock.forward(600_000);
    expect(told()).toHaveLength(2);
    await times(25, () => gateway.connections(as('token-a')));
    await gateway.shutdown();
    expect(told().slice(2)).toEqual([
      ['idp:agent-a', 'requests', 1],
      ['idp:agent-a', 'requests', 4],
    ]);
  });

  it('can always end what it holds', async () => {
    const { gateway, session } = await house({ limits, clock: new FakeClock() });
    const id = await session();
    await times(60, () => gateway.connections(as('token-a')));
    expect(codeOf(await gateway.session({ ...as('token-a'), session: id }))).toBe('RATE_LIMITED');
    expect(valueOf(await gateway.close({ ...as('token-a'), session: id })).state).toBe('closed');
  });

  it('is refused where it has explained what would be refused, and that is told', async () => {
    const { gateway, session, audit } = await house({ limits: { refusalsPerCaller: 5 }, clock: new FakeClock() });
    const id = await session();
    const explain = (sql: string) => gateway.explain({ ...as('token-a'), session: id, sql });
    for (let each = 0; each < 20; each += 1) expect(codeOf(await explain('SELECT orders'))).toBe('completed');
    for (let each = 0; each < 5; each += 1)
      expect(valueOf(await explain('SELECT FINANCE.payroll')).decision).toBe('deny');
    expect(reasonOf(await explain('SELECT orders'))).toBe('rate.refusals');
    expect(audit.events.at(-1)).toMatchObject({
      code: 'actor.limited',
      who: { actor: 'idp:agent-a' },
      data: { limit: 'refusals' },
    });
  });

  it('has so many requests under way and no more', async () => {
    let free: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      free = resolve;
    });
    const { gateway } = await house({
      limits: { inFlightPerCaller: 3 },
      plugins: [
        {
          name: 'slow',
          setup: (host) =>
            host.inform(async () => {
              await gate;
              return {};
            }),
        },
      ],
    });
    const held = Array.from({ length: 3 }, () => gateway.connections(as('token-a')));
    const one = await gateway.connections(as('token-a'));
    expect([codeOf(one), reasonOf(one)]).toEqual(['RATE_LIMITED', 'rate.in_flight']);
    const other = gateway.connections(as('token-b'));
    free?.();
    expect((await Promise.all([...held, other])).map(codeOf)).toEqual([
      'completed',
      'completed',
      'completed',
      'completed',
    ]);
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('completed');
  });
});

describe('reviewing', () => {
  const shared = memoryIdentity({
    agent: { subject: 'alice' },
    person: { subject: 'alice', scopes: ['sallyport.review'] },
    'token-a': { subject: 'agent-a' },
  });

  it('is not kept from a person by what an agent asks with a token of the same person', async () => {
    const { gateway, session } = await house({
      identity: shared,
      clock: new FakeClock(),
      limits: { ...limits, refusalsPerCaller: 50 },
      approvals: {},
    });
    const id = await session();
    await times(60, () => gateway.connections(as('agent')));
    await times(60, () => gateway.approvals(as('agent')));
    await times(60, () =>
      gateway.decide({ ...as('agent'), ticket: 'none', decision: 'approve', digest: '0'.repeat(64) }),
    );
    expect(codeOf(await gateway.connections(as('person')))).toBe('RATE_LIMITED');
    expect(codeOf(await gateway.approvals(as('agent')))).toBe('RATE_LIMITED');
    const reviewer = as('person');
    for (const ask of [
      () => gateway.approvals(reviewer),
      () => gateway.sessions(reviewer),
      () => gateway.reviews(reviewer),
    ])
      expect(codeOf((await ask()) as Outcome<unknown>)).toBe('completed');
    for (const ask of [
      () => gateway.approval({ ...reviewer, ticket: 'none' }),
      () => gateway.decide({ ...reviewer, ticket: 'none', decision: 'reject', digest: '0'.repeat(64) }),
      () => gateway.sign({ ...reviewer, session: id, comment: 'seen' }),
      () => gateway.revoke({ ...reviewer, session: id }),
    ])
      expect(codeOf((await ask()) as Outcome<unknown>)).not.toBe('RATE_LIMITED');
    expect(codeOf(await gateway.identify(reviewer))).toBe('RATE_LIMITED');
    expect(codeOf(await gateway.identify({ ...reviewer, ending: true }))).toBe('completed');
  });
});

describe('a request that was let in before its body was read', () => {
  it('is one under way', async () => {
    let free: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      free = resolve;
    });
    const { gateway, session } = await house({ limits: { inFlightPerCaller: 2 } }, async () => {
      await gate;
      return { columns: ['ID'], rows: [[1]] };
    });
    const id = await session();
    const ask = async () => {
      const caller = as('token-a');
      valueOf(await gateway.identify(caller));
      return gateway.run({ ...caller, session: id, sql: 'SELECT orders' });
    };
    const held = [ask(), ask()];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const caller = as('token-a');
    expect(reasonOf(await gateway.identify(caller))).toBe('rate.in_flight');
    free?.();
    expect((await Promise.all(held)).map(codeOf)).toEqual(['completed', 'completed']);
  });
});

describe('a credential that is no good any more', () => {
  it('does not make whoever is named in it wait', async () => {
    const clock = new FakeClock();
    const known = memoryIdentity({ 'token-a': { subject: 'agent-a' } });
    const identity: IdentityProvider = {
      authenticate: async (given, signal) => {
        const answer = await known.authenticate({ ...given, token: 'token-a' }, signal);
        return given.token === 'elsewhere'
          ? { ...answer, audience: ['https://other.example/'] }
          : given.token === 'old'
            ? { ...answer, expiresAt: clock.now() - 1 }
            : answer;
      },
    };
    const { gateway } = await house({ identity, clock, limits: { refusalsPerCaller: 5 } });
    await times(20, () => gateway.connections(as('old')));
    await times(20, () => gateway.connections({ ...as('elsewhere'), resource: 'https://here.example/' }));
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('completed');
  });
});

describe('a caller whose requests are refused', () => {
  it('must wait when it was refused too often, and its next refusals are no lines of the record', async () => {
    const clock = new FakeClock();
    const { session, run, codes } = await house({ clock, limits: { refusalsPerCaller: 5 } });
    const id = await session({ ttlMs: 600_000 });
    for (let count = 0; count < 5; count += 1) expect(codeOf(await run(id, 'SELECT fin.payroll'))).toBe('OUT_OF_SCOPE');
    const refused = await run(id, 'SELECT fin.payroll');
    expect([codeOf(refused), reasonOf(refused)]).toEqual(['RATE_LIMITED', 'rate.refusals']);
    for (let count = 0; count < 100; count += 1) await run(id, 'SELECT fin.payroll');
    expect(codes().filter((code) => code === 'statement.denied')).toHaveLength(5);
    clock.forward(59_999);
    expect(codeOf(await run(id))).toBe('RATE_LIMITED');
    clock.forward(1);
    expect(codeOf(await run(id))).toBe('completed');
  });

  it('does not wait because it had to wait', async () => {
    const clock = new FakeClock();
    const { gateway } = await house({ clock, limits: { ...limits, refusalsPerCaller: 5 } });
    await times(60, () => gateway.connections(as('token-a')));
    clock.forward(2_000);
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('completed');
  });
});

const transport = (address: string) => ({ protocol: 'rest' as const, address });

describe('credentials that are no good', () => {
  it('are told in the record by where they came from, at once and once a minute with how often', async () => {
    const clock = new FakeClock();
    const { gateway, audit, codes } = await house({ clock });
    const before = codes().length;
    const opening = {
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read' as const,
      ttlMs: 60_000,
      reason: 'a test',
    };
    for (let count = 0; count < 500; count += 1)
      expect(codeOf(await gateway.open({ ...as('stolen'), ...opening, transport: transport('192.0.2.7') }))).toBe(
        'UNAUTHENTICATED',
      );
    await gateway.identify({ ...as('stolen'), transport: transport('192.0.2.8') });
    clock.forward(60_000);
    expect(
      audit.events
        .slice(before)
        .map(({ code, who, data }) => [
          code,
          who,
          data['count'],
          (data['transport'] as { address?: string }).address,
          data['reason'],
          data['moment'],
        ]),
    ).toEqual([
      ['identity.refused', undefined, 1, '192.0.2.7', 'token.unknown', 'open'],
      ['identity.refused', undefined, 1, '192.0.2.8', 'token.unknown', 'look'],
      ['identity.refused', undefined, 499, '192.0.2.7', 'token.unknown', 'open'],
    ]);
  });

  it('from very many places take a bounded number of lines, and none is left out of the number', async () => {
    const clock = new FakeClock();
    const { gateway, audit, codes } = await house({ clock });
    const before = codes().length;
    for (let count = 0; count < 3_000; count += 1)
      await gateway.identify({ ...as('stolen'), transport: transport(`192.0.${count >> 8}.${count & 255}`) });
    expect(codes().length - before).toBeLessThanOrEqual(1_001);
    await gateway.shutdown();
    expect(
      audit.events
        .filter(({ code }) => code === 'identity.refused')
        .reduce((sum, { data }) => sum + Number(data['count']), 0),
    ).toBe(3_000);
  });
});

const counting = () => {
  const known = memoryIdentity({ 'token-a': { subject: 'agent-a' }, 'token-b': { subject: 'agent-b' } });
  const asked: string[] = [];
  const identity: IdentityProvider = {
    authenticate: async (credential, signal) => {
      asked.push(credential.token);
      return known.authenticate(credential, signal);
    },
  };
  return { identity, asked };
};

describe('whoever was identified a moment ago', () => {
  it('is not asked for twice where the very same credential comes again at once, and counts as one request', async () => {
    const { identity, asked } = counting();
    const { gateway } = await house({ identity, limits: { requestsPerCaller: 1, requestBurstPerCaller: 2 } });
    const caller = as('token-a');
    valueOf(await gateway.identify(caller));
    valueOf(await gateway.connections({ ...caller }));
    expect(asked).toEqual(['token-a']);
    valueOf(await gateway.connections({ ...caller }));
    expect(codeOf(await gateway.connections({ ...caller }))).toBe('RATE_LIMITED');
  });

  it('is asked for again by an equal credential, after some seconds, and where the token was changed', async () => {
    const { identity, asked } = counting();
    const clock = new FakeClock();
    const { gateway } = await house({ identity, clock });
    const credential = { scheme: 'bearer', token: 'token-a' };
    valueOf(await gateway.identify({ credential }));
    expect(valueOf(await gateway.identify({ credential: { ...credential } })).actor.subject).toBe('agent-a');
    expect(asked).toHaveLength(2);
    credential.token = 'token-b';
    expect(valueOf(await gateway.identify({ credential })).actor.subject).toBe('agent-b');
    expect(asked).toEqual(['token-a', 'token-a', 'token-b']);
    clock.forward(10_001);
    valueOf(await gateway.identify({ credential }));
    expect(asked).toHaveLength(4);
  });
});

describe('limits that make no sense', () => {
  it.each([
    { requestsPerCaller: 0 },
    { requestBurstPerCaller: 10 },
    { refusalsPerCaller: -1 },
    { inFlightPerCaller: 1.5 },
    { requestsPerSecond: 5 },
  ])('%j', async (given) => {
    await expect(house({ limits: given })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
