import { describe, expect, it } from 'vitest';
import { casbin } from '../../src/adapters/casbin/index.js';
import { actions } from '../../src/adapters/casbin/rule.js';
import type { Principal } from '../../src/core/index.js';
import { coreObligations } from '../../src/core/request/obligations.js';
import { quoted, read, table } from './page.js';

const page = read('docs/policy.md');
const header = '| who | asks | answer | rules |';
const examples = page
  .split('```csv\n')
  .slice(1)
  .map((part) => {
    const [text = '', rest = ''] = part.split('\n```\n');
    return { text, rows: table(rest, header) };
  });
const person = (id: string): Principal => ({ id, subject: id.slice(id.indexOf(':') + 1), issuer: 'idp' });

describe.each(examples)('the example %#', ({ text, rows }) => {
  it('loads', async () => {
    expect((await casbin({ policy: { name: 'example', text } })).version).toMatch(/^sha256:/);
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(rows)('%s asks %s: %s by %s', async (who, asks, answer, by) => {
    const policy = await casbin({ policy: { name: 'example', text } });
    const [actor = '', principal = actor] = quoted(who);
    const [action = '', object = ''] = (quoted(asks)[0] ?? '').split(' ');
    const identity = { principal: person(principal), actor: person(actor), expiresAt: 1e15 };
    const decision = await policy.decide(
      { identity, connection: 'warehouse', asks: [{ action, object }], context: {} },
      new AbortController().signal,
    );
    expect([decision.effect, [...decision.rules]]).toEqual([answer, [...quoted(by)]]);
  });
});

it('there are examples', () => {
  expect(examples.length).toBeGreaterThan(1);
});

it('names the actions that there are', () => {
  const row = table(page, '| field | is |').find(([field]) => field === 'action')?.[1] ?? '';
  expect(quoted(row).filter((each) => each !== '*')).toEqual(actions);
});

it('names the obligations that the gateway discharges itself', () => {
  const told = table(page, '| obligation | means |')
    .flatMap(([name = '']) => quoted(name))
    .filter((each) => !each.includes('='));
  expect(told.toSorted()).toEqual([...coreObligations].toSorted());
});
