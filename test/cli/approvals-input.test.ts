import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shipped } from '../support/built.js';
import { inProcess } from './command.js';
import { by, place } from './test-gateway.js';

describe('what is no gateway, or no command line', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const serve = async (
    status: number,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> => {
    const server = createServer((request, response) =>
      status === 0 ? request.socket.destroy() : response.writeHead(status, headers).end(body),
    ).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jit`;
  };

  it.each<[string, number, string, Readonly<Record<string, string>>, number, RegExp]>([
    ['a page', 200, '<html>hello</html>', {}, 70, /answers, but not as a gateway does \(200\)/],
    ['other JSON', 200, '{"approvals":[{}]}', {}, 70, /not as a gateway does/],
    ['nothing there', 404, 'no', {}, 70, /not as a gateway does \(404\)/],
    [
      'a redirect',
      302,
      '',
      { location: 'https://elsewhere.example/' },
      70,
      /answers with a redirect, which is not followed/,
    ],
    ['a cut connection', 0, '', {}, 70, /cannot be reached: the connection was cut/],
    ['no to the token', 401, '', {}, 1, /does not take the token/],
    [
      'trouble',
      503,
      JSON.stringify({
        type: 't',
        title: 't',
        status: 503,
        detail: 'It is \u001b[2Jclosing.',
        code: 'SHUTTING_DOWN',
        instance: 'i',
      }),
      {},
      70,
      /It is \ufffd\[2Jclosing\. \[SHUTTING_DOWN\]/,
    ],
  ])('%s', async (_what, status, body, headers, code, words) => {
    const url = await serve(status, body, headers);
    const answer = await inProcess(['approvals', 'list', '--url', url, ...by('a-very-secret-token')]);
    expect([answer.code, answer.out, answer.err]).toEqual([code, '', expect.stringMatching(words)]);
    expect(answer.err).not.toContain('very-secret');
  });

  it('nobody there, and no such host', async () => {
    const url = await serve(200, '');
    servers.splice(0).forEach((server) => server.close());
    expect(await inProcess(['approvals', 'list', '--url', url, ...by('bob')])).toMatchObject({
      code: 70,
      err: expect.stringMatching(/cannot be reached: nothing listens there\n$/) as string,
    });
    expect(await inProcess(['approvals', 'list', '--url', 'https://nowhere.invalid/jit', ...by('bob')])).toMatchObject({
      code: 70,
      err: expect.stringMatching(/^sallyport: nowhere\.invalid cannot be reached/) as string,
    });
  });

  it.each([
    ['approvals'],
    ['approvals', 'delete'],
    ['approvals', 'list', 'x', '--url', 'https://x.example'],
    ['approvals', 'list', '--url', 'http://x.example/jit'],
    ['approvals', 'list', '--state', 'all', '--url', 'https://x.example'],
    ['approvals', 'list', '--token', 'x'],
    ['approvals', 'show', '--url', 'https://x.example'],
    ['approvals', 'show', '..', '--url', 'https://x.example'],
    ['approvals', 'show', 'a/b', '--url', 'https://x.example'],
    ['approvals', 'show', 'a', 'b', '--url', 'https://x.example'],
    ['approvals', 'show', 'a', '--wait', '0', '--url', 'https://x.example'],
    ['approvals', 'show', 'a', '--digest', 'x', '--url', 'https://x.example'],
    ['approvals', 'approve', 'a', '--digest', '0'.repeat(64), '--comment', ' ', '--url', 'https://x.example'],
    ['approvals', 'approve', 'a', '--digest', '0'.repeat(64)],
    ['approvals', 'list', '--url', 'https://x.example', '--token-file', '/nothing/there'],
    ['sessions'],
    ['sessions', 'close'],
    ['sessions', 'list', 'x', '--url', 'https://x.example'],
    ['sessions', 'revoke', '--url', 'https://x.example'],
    ['sessions', 'revoke', 'a', '--comment', '', '--url', 'https://x.example'],
  ])('sallyport %s %s %s %s %s %s: exit 2, and nothing on standard output', async (...args) => {
    const { code, out, err } = await inProcess(args.filter((each) => each !== undefined));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^sallyport: .+\nTry sallyport (?:approvals|sessions) --help\.\n$/s);
  });

  it('the help tells of exit codes, and of every command', async () => {
    for (const command of ['approvals', 'sessions', 'actors']) {
      const { code, out } = await inProcess([command, '--help']);
      expect([code, out]).toEqual([0, expect.stringMatching(/^Usage: [\s\S]*Exit codes: /)]);
      expect((await inProcess([command, 'list', '--help'])).out).toBe(out);
      expect((await inProcess(['--help'])).out).toContain(`  ${command}`);
    }
  });

  it('takes the token of the environment, ends by itself, and prints it nowhere', async () => {
    const { url, ticket } = await place();
    const asked = await ticket();
    const child = spawn(process.execPath, [shipped, 'approvals', 'show', asked, '--url', `${url}/`], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, SALLYPORT_TOKEN: 'bob' },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, out]).toEqual([0, expect.stringContaining('DELETE orders')]);
  });
});
