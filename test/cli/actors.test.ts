import { describe, expect, it } from 'vitest';
import { codeOf } from '../core/test-gateway.js';
import { inProcess } from './command.js';
import { place } from './test-gateway.js';

const refused = (word: string) => ({ code: 1, out: '', err: expect.stringContaining(word) as string });

describe('sallyport actors', () => {
  it('suspends, lists and reinstates', async () => {
    const { cli, id, run } = await place();
    expect(await cli('bob', 'actors', 'list')).toEqual({ code: 0, out: 'Nothing.\n', err: '' });
    const made = await cli('bob', 'actors', 'suspend', 'idp:agent', '--for', '90', '--comment', 'enough');
    const told = /^Suspended: idp:agent, until \S+Z, on warehouse ACME\.OPS; sessions revoked: 1, tickets void: 0\n$/;
    expect(made).toEqual({ code: 0, out: expect.stringMatching(told) as string, err: '' });
    expect(codeOf(await run(id, 'SELECT orders', 'agent'))).toBe('ACTOR_SUSPENDED');
    const listed = /^ACTOR +LEFT +WHERE +BY +COMMENT\nidp:agent +\d+ s +warehouse ACME\.OPS +idp:bob +enough\n$/;
    expect((await cli('carol', 'actors', 'list')).out).toMatch(listed);
    const over = await cli('carol', 'actors', 'reinstate', 'idp:agent', '--comment', 'mended');
    expect(over).toEqual({ code: 0, out: 'Reinstated: idp:agent, on warehouse ACME.OPS\n', err: '' });
    expect((await cli('bob', 'actors', 'list')).out).toBe('Nothing.\n');
  });

  it('speaks JSON for scripts, as the gateway does, in ASCII; an hour where no time is named', async () => {
    const { cli, id, audit } = await place();
    const out = async (...args: readonly string[]) => {
      const ended = await cli('bob', 'actors', ...args, '--json');
      expect([ended.code, ended.out]).toEqual([0, expect.stringMatching(/^[\x20-\x7e]+\n$/)]);
      return JSON.parse(ended.out) as Readonly<Record<string, unknown>>;
    };
    const made = await out('suspend', 'idp:agent', '--comment', 'ü\u202e');
    expect(made).toMatchObject({ actor: 'idp:agent', comment: 'ü\u202e', sessions: [id], tickets: [] });
    expect(Date.parse(String(made['expiresAt'])) - Date.parse(String(made['suspendedAt']))).toBe(3_600_000);
    expect(await out('list')).toMatchObject({ suspensions: [{ actor: 'idp:agent', by: { id: 'idp:bob' } }] });
    expect(await out('reinstate', 'idp:agent', '--comment', 'mended')).toMatchObject({ actor: 'idp:agent' });
    expect(audit.events.find(({ code }) => code === 'actor.reinstated')?.data).toMatchObject({ comment: 'mended' });
  });

  it.each(['..', '.', 'idp:a b+c', 'idp:a/b?c#d', 'idp:..', 'idp:%2F', 'idp:ü'])(
    'takes the actor %s',
    async (actor) => {
      const { cli } = await place();
      expect((await cli('bob', 'actors', 'suspend', '--json', '--for=60', actor)).code).toBe(0);
      expect((await cli('bob', 'actors', 'reinstate', actor)).code).toBe(0);
    },
  );

  it('shows nothing that a terminal obeys', async () => {
    const { cli } = await place();
    const nasty = 'idp:\u001b[2J\u202e';
    const answers = [
      await cli('bob', 'actors', 'suspend', nasty, '--comment', nasty),
      await cli('bob', 'actors', 'list'),
    ];
    for (const { code, out } of answers)
      expect([code, out]).toEqual([0, expect.stringMatching(/^[\n\x20-\x7e\ufffd]+$/)]);
  });

  it('says what the gateway refuses', async () => {
    const { cli } = await place();
    expect(await cli('agent', 'actors', 'suspend', 'idp:other')).toMatchObject(refused('NOT_PERMITTED'));
    expect(await cli('bob', 'actors', 'suspend', 'idp:bob')).toMatchObject(refused('suspension.self'));
    expect(await cli('bob', 'actors', 'reinstate', 'idp:agent')).toMatchObject(refused('suspension.unknown'));
  });

  it.each([
    [],
    ['ban'],
    ['list', 'x'],
    ['list', '--for', '1'],
    ['suspend'],
    ['suspend', ''],
    ['suspend', 'a', 'b'],
    ['suspend', 'x'.repeat(256)],
    ['suspend', 'a', '--for', '0'],
    ['suspend', 'a', '--for', '1h'],
    ['suspend', 'a', '--for', '2592001'],
    ['suspend', 'a', '--comment', ' '],
    ['reinstate'],
    ['reinstate', 'a', '--for', '1'],
  ])('actors %s %s %s %s: exit 2, and nothing on standard output', async (...args: readonly string[]) => {
    const { code, out, err } = await inProcess([
      'actors',
      ...args.filter((each) => each !== undefined),
      '--url',
      'https://x.example',
    ]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^sallyport: .+\nTry sallyport actors --help\.\n$/s);
  });
});
