import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultRequest, SnowflakeServer } from '../../../src/snowflake-server/index.js';
import { compiled } from '../../support/child.js';
import { account, agentKey, gateKey, left } from './account.js';

const doomed = await compiled(join(import.meta.dirname, 'killed-gateway.ts'));

const says =
  (words: string) =>
  ({ sql = '' }: FaultRequest): boolean =>
    sql.startsWith(words);

const steps: Readonly<Record<string, (asked: FaultRequest) => boolean>> = {
  'before the role is made': says('CREATE ROLE'),
  'before it has its rights': says('GRANT ROLE "OPS_'),
  'before it is given to the user': says('GRANT ROLE "SALLYPORT_'),
  'before the login': ({ path, before }) => path === '/session/v1/login-request' && before === 1,
  'before the session is set': says('ALTER SESSION'),
  'before it is read back': says('SELECT CURRENT_'),
  'while a statement runs': says('SELECT ID'),
  'before the log-out': ({ path }) => path === '/session',
  'before the role is taken': says('REVOKE'),
  'before it is dropped': says('DROP ROLE'),
  'after it was dropped': ({ sql = '' }) => /^SHOW ROLES LIKE 'SALLYPORT\\\\_[0-9A-F]{32}'/.test(sql),
};

function start(server: SnowflakeServer, directory: string, mode = '') {
  const settings = {
    url: `http://${server.host}:${server.port}`,
    account: server.account,
    directory,
    agentKey: agentKey.privateKey,
    gateKey: gateKey.privateKey,
  };
  return fork(doomed, [JSON.stringify(settings), mode], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Roles that were made, by the history, and those whose end the record tells. */
function told(directory: string): readonly string[] {
  const lines = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'));
  return lines
    .filter((line) => line.includes('grant.removed'))
    .map((line) => /SALLYPORT_[0-9A-F]{32}/.exec(line)?.[0] ?? '');
}

describe('kill -9', () => {
  it.each(Object.entries(steps))(
    '%s: the next start leaves the account as before, and the record tells it',
    async (_name, reached) => {
      const server = await account();
      const directory = mkdtempSync(join(tmpdir(), 'sallyport-killed-'));
      try {
        const first = start(server, directory);
        const killed = once(first, 'exit');
        server.fault((asked) => {
          if (!reached(asked)) return undefined;
          first.kill('SIGKILL');
          return { silent: true };
        });
        expect(await killed).toEqual([null, 'SIGKILL']);
        server.fault(undefined);
        const made = server.history.flatMap(({ text, error }) =>
          error === undefined ? (/^CREATE ROLE "(\w+)"/.exec(text)?.[1] ?? []) : [],
        );

        const second = start(server, directory, 'stay');
        const ended = once(second, 'exit');
        await expect.poll(() => left(server)).toMatchObject({ roles: [], granted: [] });
        await expect.poll(() => told(directory).toSorted()).toEqual(made.toSorted());
        second.send('end');
        expect(await ended).toEqual([0, null]);
      } finally {
        await server.close();
        rmSync(directory, { recursive: true });
      }
    },
  );
});
