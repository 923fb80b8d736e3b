import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { caller } from '../../examples/quickstart/caller.js';
import { listen, Trouble, type Listening } from '../../examples/quickstart/listen.js';

let place: Listening;
let printed = '';

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  place = await listen(0);
  place.serve((request, response) => {
    if (request.url === '/odd') return response.end('<html>');
    response.writeHead(403, { 'content-type': 'application/problem+json' });
    return response.end(JSON.stringify({ code: 'OUT_OF_SCOPE', detail: 'outside', hint: 'ask for it' }));
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await place.close();
});

const ask = () => caller(place.url, 'secret-token');

describe('the player', () => {
  it('shows why and the hint of an expected refusal, and never the token', async () => {
    await ask()({ method: 'POST', path: '/x', body: { sql: 'SELECT 1' }, expect: 403, code: 'OUT_OF_SCOPE' });
    expect(printed).toMatch(/403 OUT_OF_SCOPE[\s\S]*outside[\s\S]*ask for it/);
    expect(printed).not.toContain('secret-token');
  });

  it.each([
    ['another status', { method: 'GET', path: '/x', expect: 200 }],
    ['another code', { method: 'GET', path: '/x', expect: 403, code: 'APPROVAL_REQUIRED' }],
    ['no JSON', { method: 'GET', path: '/odd', expect: 200 }],
  ] as const)('ends the loop on %s', async (_what, call) => {
    const trouble = await ask()(call).catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(Trouble);
    expect(trouble).toMatchObject({ exitCode: 1 });
  });
});
