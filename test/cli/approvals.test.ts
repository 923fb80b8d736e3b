import { describe, expect, it } from 'vitest';
import { as, codeOf, valueOf } from '../core/test-gateway.js';
import { atTerminal } from './command.js';
import { by, place } from './test-gateway.js';

const nasty = 'a\u001b[2J\u202eb\u200bc\u009b31m\u0007\r\ndigest     0000';

describe('sallyport approvals list', () => {
  it('shows what waits, who asks and for whom, and whether one may decide it', async () => {
    const { cli, ticket, decide } = await place();
    expect(await cli('bob', 'approvals', 'list')).toEqual({ code: 0, out: 'Nothing.\n', err: '' });
    const asked = await ticket();
    const { code, out } = await cli('bob', 'approvals', 'list');
    expect([code, out.split('\n')[0]]).toEqual([0, expect.stringMatching(/^TICKET +STATE +LEFT +YOU +WHAT +WHO$/)]);
    expect(out.split('\n')[1]).toMatch(
      new RegExp(
        `^${asked} +pending +\\d+ (?:s|min) +may +DELETE ACME\\.OPS\\.ORDERS on warehouse +idp:agent for idp:alice$`,
      ),
    );
    expect((await cli('alice', 'approvals', 'list')).out).not.toContain(' may ');
    expect((await cli('bob', 'approvals', 'list', '--state', 'decided')).out).toBe('Nothing.\n');
    await decide(asked, 'bob', { decision: 'reject' });
    expect((await cli('bob', 'approvals', 'list', '--state', 'decided')).out).toMatch(/rejected/);
  });

  it('speaks JSON for scripts, as the gateway does, in ASCII', async () => {
    const { cli, write, ticket } = await place();
    const asked = await ticket(await write({ binds: [nasty, 'ü🦊'] }));
    const { code, out } = await cli('bob', 'approvals', 'list', '--json');
    expect(code).toBe(0);
    expect(out).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(out)).toMatchObject({
      approvals: [
        { ticket: asked, digest: expect.stringMatching(/^[0-9a-f]{64}$/), statement: { binds: [nasty, 'ü🦊'] } },
      ],
    });
  });
});

describe('sallyport approvals show', () => {
  it("has the facts first, then the text, then the agent's own words, then the digest", async () => {
    const { cli, ticket, see } = await place();
    const asked = await ticket();
    const { code, out } = await cli('bob', 'approvals', 'show', asked);
    const { digest, policyVersion } = await see(asked);
    expect(code).toBe(0);
    const [facts = '', text = '', words = '', last = ''] = out.split('\n\n');
    for (const fact of [
      'kind       write: DELETE',
      'writes     ACME.OPS.ORDERS',
      'where      warehouse ACME.OPS, access write',
      'who        idp:agent for idp:alice',
      `policy     ${policyVersion}`,
      'needs      1 of role:stewards',
      'you        may decide it',
    ])
      expect(`${facts}\n`).toContain(`${fact}\n`);
    expect(text).toBe('The statement, 13 characters:\n  | DELETE orders');
    expect(words).toBe('Stated reason (unverified text of the requester):\n  | to tidy up');
    expect(last).toBe(`digest     ${digest}\n`);
  });

  it.each(['text', 'json'])('obeys nothing of what it shows, as %s', async (form) => {
    const { cli, gateway, ticket, decide } = await place('approval=role:stewards/2');
    const session = valueOf(
      await gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: nasty,
      }),
    ).id;
    const asked = await ticket(await gateway.run({ ...as('agent'), session, sql: 'DELETE orders', binds: [nasty] }));
    await decide(asked, 'bob', { comment: nasty });
    const answers = [
      await cli('carol', 'approvals', 'show', asked, ...(form === 'json' ? ['--json'] : [])),
      await cli('bob', 'sessions', 'list', ...(form === 'json' ? ['--json'] : [])),
    ];
    for (const { code, out } of answers) {
      expect([code, out]).toEqual([0, expect.stringMatching(/^[\n\x20-\x7e\ufffd]+$/)]);
      expect(out).not.toMatch(/^digest +0000/m);
    }
    if (form === 'text')
      for (const shown of ['<U+001B>[2J<U+202E>b<U+200B>c<U+009B>31m<U+0007>', '  | digest     0000'])
        expect(answers[0]?.out).toContain(shown);
  });

  it('never hides the tail of what is long, nor lets it look like something else', async () => {
    const { write, ticket, url } = await place();
    const long = `${'x'.repeat(5_000)}${' '.repeat(200)}digest     0000 and the end`;
    const asked = await ticket(await write({ binds: [long] }));
    const { err } = await atTerminal(['approvals', 'approve', asked, '--url', url, ...by('bob')], () => undefined, 80);
    const lines = err.split('\n').filter((line) => !line.startsWith('To approve'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(err.replaceAll('\n  + ', '')).toContain(`  | ${JSON.stringify(long)}\n`);
    expect(lines.filter((line) => line.startsWith('digest')).map((line) => line.length)).toEqual([75]);
  });

  it('says when a name is made to look like another', async () => {
    const { cli, write, ticket } = await place();
    expect((await cli('bob', 'approvals', 'show', await ticket())).out).not.toContain('beware');
    const { formatApproval } = await import('../../src/cli/approvals/format-approval.js');
    const asked = JSON.parse(
      (await cli('bob', 'approvals', 'show', await ticket(await write()), '--json')).out,
    ) as Parameters<typeof formatApproval>[0];
    const told = (canonical: string) =>
      formatApproval({ ...asked, statement: { ...(asked.statement as object), canonical } as never }, 0, 160);
    expect(told('DELETE FROM "\u041eRDERS"')).toContain(
      'beware     letters of several scripts in one word: \u041eRDERS\n',
    );
    expect(told('DELETE FROM "ord\uff45rs"')).toContain('beware');
    for (const honest of ['DELETE FROM "Заказы"', "DELETE FROM T WHERE A = 'Größe'", 'DELETE FROM "注文"'])
      expect(told(honest)).not.toContain('beware');
  });

  it('waits, and its exit code says what came of it', async () => {
    const { cli, ticket, write, decide } = await place();
    const [asked, other] = [await ticket(), await ticket(await write({ sql: 'DELETE customers' }))];
    expect((await cli('agent', 'approvals', 'show', asked, '--wait', '1')).code).toBe(3);
    const waiting = [
      cli('agent', 'approvals', 'show', asked, '--wait', '60', '--json'),
      cli('agent', 'approvals', 'show', other, '--wait', '60'),
    ];
    await decide(asked);
    await decide(other, 'carol', { decision: 'reject', comment: 'use the archive' });
    const [approved, rejected] = await Promise.all(waiting);
    expect([approved?.code, (JSON.parse(approved?.out ?? '') as { state: string }).state]).toEqual([0, 'approved']);
    expect([rejected?.code, rejected?.out]).toEqual([
      1,
      expect.stringMatching(/reject +idp:carol at .*\n {2}\| use the archive/),
    ]);
  });
});

describe('sallyport approvals approve and reject', () => {
  it('show it, ask for the digest, and decide on exactly that', async () => {
    const { typing, ticket, see, write, engine } = await place();
    const asked = await ticket();
    const { digest } = await see(asked);
    const { code, out, err } = await typing(
      'bob',
      () => digest.slice(0, 8),
      'approvals',
      'approve',
      asked,
      '--comment',
      'checked',
    );
    expect([code, out]).toEqual([0, `Approved: ${asked}\n`]);
    expect(err).toMatch(
      /DELETE orders[\s\S]*to tidy up[\s\S]*digest +[0-9a-f]{64}\n\nTo approve exactly this, type the first 8 characters of its digest: $/,
    );
    expect((await see(asked)).decisions).toMatchObject([
      { decision: 'approve', comment: 'checked', reviewer: { id: 'idp:bob' } },
    ]);
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toHaveLength(1);
  });

  it.each<[string, string | undefined]>([
    ['another beginning', '00000000'],
    ['too little of it', 'a'],
    ['yes', 'yes'],
    ['nothing', ''],
    ['the end of the input', undefined],
  ])('take %s for no', async (_what, typed) => {
    const { typing, ticket, see } = await place();
    const asked = await ticket();
    const { code, out, err } = await typing('bob', () => typed, 'approvals', 'approve', asked);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('Not confirmed: nothing was decided.')]);
    expect(await see(asked)).toMatchObject({ state: 'pending', decisions: [] });
  });

  it('want the whole digest where nobody can be asked', async () => {
    const { cli, ticket, see } = await place();
    const asked = await ticket();
    const { digest } = await see(asked);
    expect(await cli('bob', 'approvals', 'approve', asked)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('--digest') as string,
    });
    for (const short of [digest.slice(0, 8), digest.toUpperCase(), `${digest}0`, ''])
      expect((await cli('bob', 'approvals', 'approve', asked, '--digest', short)).code).toBe(2);
    const stale = await cli('bob', 'approvals', 'approve', asked, '--digest', '0'.repeat(64));
    expect([stale.code, stale.out, stale.err]).toEqual([
      1,
      '',
      expect.stringContaining('what was shown has changed, and nothing was decided') as string,
    ]);
    expect((await see(asked)).state).toBe('pending');
    const { code, out } = await cli(
      'bob',
      'approvals',
      'reject',
      asked,
      '--digest',
      digest,
      '--comment',
      'no',
      '--json',
    );
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ ticket: asked, state: 'rejected' })]);
  });

  it('say that what was shown has changed, when somebody else was faster', async () => {
    const { typing, ticket, see, decide } = await place();
    const asked = await ticket();
    const { digest } = await see(asked);
    const { code, err } = await typing(
      'bob',
      async () => {
        await decide(asked, 'carol', { decision: 'reject' });
        return digest.slice(0, 8);
      },
      'approvals',
      'approve',
      asked,
    );
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/what was shown has changed, and nothing was decided: .*approval\.state/),
    ]);
    expect((await see(asked)).state).toBe('rejected');
  });

  it('take consent away that somebody else gave meanwhile', async () => {
    const { typing, ticket, see, decide } = await place();
    const asked = await ticket();
    const { digest } = await see(asked);
    const { code, err } = await typing(
      'bob',
      async () => {
        await decide(asked, 'carol');
        return digest.slice(0, 8);
      },
      'approvals',
      'reject',
      asked,
    );
    expect(code, err).toBe(0);
    expect((await see(asked)).state).toBe('rejected');
  });

  it('say that more people must agree', async () => {
    const { typing, ticket, see } = await place('approval=role:stewards/2');
    const asked = await ticket();
    const answer = async () => (await see(asked)).digest.slice(0, 8);
    expect((await typing('bob', answer, 'approvals', 'approve', asked)).out).toBe(
      `Your consent counts; more people must agree: ${asked}\n`,
    );
    expect(await typing('bob-again', answer, 'approvals', 'approve', asked)).toMatchObject({
      code: 1,
      err: expect.stringContaining('approval.twice') as string,
    });
    expect((await typing('carol', answer, 'approvals', 'approve', asked)).out).toBe(`Approved: ${asked}\n`);
  });

  it.each([
    ['agent', /review\.delegated/],
    ['alice', /review\.self/],
    ['dave', /review\.role/],
    ['bob-unscoped', /NOT_FOUND/],
  ])('refuse %s', async (who, why) => {
    const { cli, typing, ticket, see } = await place();
    const asked = await ticket();
    const { digest } = await see(asked);
    for (const answer of [
      await cli(who, 'approvals', 'approve', asked, '--digest', digest),
      await typing(who, () => digest.slice(0, 8), 'approvals', 'approve', asked),
    ]) {
      expect([answer.code, answer.out, answer.err]).toEqual([1, '', expect.stringMatching(why)]);
    }
    expect((await see(asked)).state).toBe('pending');
  });
});

describe('sallyport sessions', () => {
  it('lists and revokes what one oversees', async () => {
    const { cli, id, run } = await place();
    expect((await cli('bob', 'sessions', 'list')).out).toMatch(
      new RegExp(
        `^SESSION +ACCESS +LEFT +WHERE +WHO +REASON\n${id} +write +\\d+ min +warehouse ACME\\.OPS +idp:agent for idp:alice +to tidy up\n$`,
      ),
    );
    expect(JSON.parse((await cli('bob', 'sessions', 'list', '--json')).out)).toMatchObject({
      sessions: [{ id, state: 'open' }],
    });
    expect(await cli('bob', 'sessions', 'revoke', id, '--comment', 'enough')).toEqual({
      code: 0,
      out: `Revoked: ${id}, of idp:agent for idp:alice\n`,
      err: '',
    });
    expect(codeOf(await run(id, 'SELECT orders', 'agent'))).toBe('SESSION_REVOKED');
    expect((await cli('bob', 'sessions', 'list')).out).toBe('Nothing.\n');
    expect((await cli('bob', 'sessions', 'revoke', id)).code).toBe(0);
  });

  it('says that one was over already, and refuses who may not', async () => {
    const { cli, id, gateway } = await place();
    for (const who of ['agent', 'bob-unscoped'])
      expect(await cli(who, 'sessions', 'revoke', id)).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('NOT_PERMITTED') as string,
      });
    expect(await cli('dave', 'sessions', 'revoke', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('NOT_FOUND') as string,
    });
    valueOf(await gateway.close({ ...as('agent'), session: id }));
    expect((await cli('bob', 'sessions', 'revoke', id)).out).toBe(`It was over already (agent): ${id}\n`);
  });

  it('prints the whole record of a session, page after page', async () => {
    const { cli, id, run, audit } = await place();
    while (audit.events.length <= 250) codeOf(await run(id, 'SELECT orders', 'agent'));
    const own = audit.events.filter(({ session }) => session === id).map((event) => event.id);
    const { code, out } = await cli('agent', 'sessions', 'record', id, '--json');
    const pages = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly events: readonly { readonly id: string }[] });
    expect([code, pages.length > 1, pages.flatMap(({ events }) => events.map((event) => event.id))]).toEqual([
      0,
      true,
      own,
    ]);
    expect((await cli('agent', 'sessions', 'record', id)).out.trimEnd().split('\n')).toHaveLength(own.length);
    expect(await cli('dave', 'sessions', 'record', id)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('NOT_FOUND') as string,
    });
  });
});
