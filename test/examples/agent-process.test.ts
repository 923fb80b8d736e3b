import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelOf } from '../../examples/agent/model.js';

const root = join(import.meta.dirname, '../..');
const key = 'model-key-4711';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The example as its reader starts it. */
async function run(environment: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/agent/main.ts', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

interface Asked {
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  };
}

const call = (id: string, name: string, args: object) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});

/** What a model might say next, going by what it was told last. */
function thought(messages: Asked['body']['messages']): object {
  const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => content ?? '');
  const session = /Session ([\w-]+) is open/.exec(told.join('\n'))?.[1];
  const steps = [
    call('1', 'open_session', {
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttl: 60,
      reason: 'a question of Alice',
    }),
    call('2', 'run_statement', { session, sql: 'SELECT team FROM finance.payroll' }),
    call('3', 'run_statement', { session, sql: 'SELECT COUNT(*) AS n FROM ops.orders' }),
    call('4', 'close_session', { session }),
  ];
  const step = steps[told.length];
  return step === undefined
    ? { role: 'assistant', content: `There are orders: ${told[2]?.split('\n')[3] ?? ''}.` }
    : { role: 'assistant', content: null, tool_calls: [step] };
}

const asked: Asked[] = [];
const standIn = createServer((request, response) => {
  let body = '';
  request
    .on('data', (chunk: Buffer) => {
      body += chunk.toString();
    })
    .on('end', () => {
      if (request.url === '/locked') return response.writeHead(401).end(`wrong key ${key}`);
      const one = { authorization: request.headers.authorization, body: JSON.parse(body) as Asked['body'] };
      asked.push(one);
      return response.end(JSON.stringify({ choices: [{ message: thought(one.body.messages) }] }));
    });
});
let at = '';
beforeAll(async () => {
  standIn.listen(0, '127.0.0.1');
  await once(standIn, 'listening');
  at = `http://127.0.0.1:${(standIn.address() as { port: number }).port}`;
});
afterAll(() => void standIn.close());

describe('npx tsx examples/agent/main.ts', () => {
  it('answers by the script: a refusal, a person who agrees, and nothing left open', async () => {
    const { code, out, err } = await run();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('DENIED OUT_OF_SCOPE');
    expect(out).toContain('bob agreed');
    expect(out.trim().split('\n').at(-1)).toMatch(
      /^answer: 91 orders were cancelled, worth 23181\.31\. 91 of them were cleared away/,
    );
  }, 180_000);

  it('thinks by a model of the environment, which gets the question, the key and what the tools said', async () => {
    const { code, out, err } = await run(
      { AGENT_MODEL_URL: at, AGENT_MODEL: 'stand-in', AGENT_MODEL_KEY: key },
      'How many orders are there?',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('by the model stand-in');
    expect(out).toContain('DENIED OUT_OF_SCOPE');
    expect(out.trim().split('\n').at(-1)).toMatch(/^answer: There are orders: \d+\.$/);
    expect(out).not.toContain(key);
    expect([asked.length, new Set(asked.map(({ authorization }) => authorization)), asked[0]?.body.model]).toEqual([
      5,
      new Set([`Bearer ${key}`]),
      'stand-in',
    ]);
    expect(asked[0]?.body.messages.at(-1)).toEqual({ role: 'user', content: 'How many orders are there?' });
    expect(out).toMatch(/Session [\w-]+ is closed/);
  }, 180_000);

  it.each([
    [
      'without a key',
      { AGENT_MODEL_URL: 'https://model.example/v1/chat/completions', AGENT_MODEL: 'm' },
      'AGENT_MODEL_KEY must hold the key for model.example\n',
    ],
    [
      'without an address',
      { AGENT_MODEL: 'm', AGENT_MODEL_KEY: key },
      'AGENT_MODEL_URL must be the address of a chat-completions endpoint\n',
    ],
    ['without a name', { AGENT_MODEL_URL: 'http://127.0.0.1:9/' }, 'AGENT_MODEL must name the model\n'],
  ])(
    '%s it says so in a line, and starts nothing',
    async (_what, environment, message) => {
      expect(await run(environment)).toEqual({ code: 1, out: '', err: message });
    },
    60_000,
  );

  it('says in a line that the model does not take the key, and closes what it opened', async () => {
    const { code, out, err } = await run({
      AGENT_MODEL_URL: `${at}/locked`,
      AGENT_MODEL: 'stand-in',
      AGENT_MODEL_KEY: key,
    });
    expect([code, err]).toEqual([1, 'the model answered 401\n']);
    expect(out + err).not.toContain(key);
  }, 180_000);
});

it('a model is used where one is named: on this machine also without a key', () => {
  expect(modelOf({})).toBeUndefined();
  expect(modelOf({ AGENT_MODEL_URL: 'http://localhost:11434/v1/chat/completions', AGENT_MODEL: 'm' })).toEqual({
    url: 'http://localhost:11434/v1/chat/completions',
    name: 'm',
    key: '',
  });
});
