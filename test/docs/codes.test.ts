import { expect, it } from 'vitest';
import { tokenRefusals } from '../../src/adapters/oidc/index.js';
import { eventCodes } from '../../src/core/index.js';
import { quoted, read, table } from './page.js';

it('identity.md has each reason why a token is refused, in the words of the code, and no other', () => {
  const rows = table(read('docs/identity.md'), '| reason | why |').map(([reason = '', why]) => [
    quoted(reason)[0],
    why,
  ]);
  expect(Object.fromEntries(rows)).toEqual(tokenRefusals);
  expect(rows).toHaveLength(Object.keys(tokenRefusals).length);
});

it('identity.md speaks of no reason that does not exist', () => {
  const told = quoted(read('docs/identity.md')).filter((each) => each.startsWith('token.'));
  expect(told.filter((each) => !Object.hasOwn(tokenRefusals, each))).toEqual([]);
});

it('record.md has each event, and no other', () => {
  const page = read('docs/record.md');
  const rows = table(page, '| code | when | facts in `data`, besides the common ones |').flatMap(([code = '']) =>
    quoted(code),
  );
  expect(rows.toSorted()).toEqual([...eventCodes].toSorted());
  const mentioned = quoted(page).filter(
    (each) => /^(?:gateway|session|statement)\.[a-z_]+$/.test(each) && each !== 'gateway.recovered',
  );
  expect(mentioned.filter((each) => !(eventCodes as readonly string[]).includes(each))).toEqual([]);
});
