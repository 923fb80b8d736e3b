import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokenRefusals as tokenReasons } from '../../src/adapters/oidc/index.js';
import { denials, eventCodes } from '../../src/core/index.js';
import { quoted, read, table } from './page.js';

const header = '| reason | code | because | do |';
const rows = table(read('docs/reasons.md'), header);
const onPages = [
  ...rows,
  ...table(read('docs/statements.md'), '| reason | code | why | instead |'),
  ...table(read('docs/notifying.md'), '| reason from Slack | because |'),
].flatMap(([reason = '']) => quoted(reason));
const documented: ReadonlySet<string> = new Set([...onPages, ...Object.keys(tokenReasons)]);

const folder = new URL('../../src/', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(`src/${name}`));
const source = sources.join('\n');

/** Reasons that are put together: what stands before the dot in the code, and how the page writes it. */
const composed: Readonly<Record<string, string>> = {
  approval: 'approval.<part>',
  kind: 'kind.<kind>',
  plugin: 'plugin.<name>',
  request: 'request.<field>',
};
/**
 * Words with a dot that are no reasons: types of events and of notices, and parts of tickets that are only named whole
 * in the code.
 */
const notices = [
  'approval.requested',
  'approval.decided',
  'approval.closed',
  'session.revoked',
  'breakglass.activated',
  'breakglass.reviewed',
];
const isReason = (word: string): boolean =>
  !(eventCodes as readonly string[]).includes(word) && !notices.includes(word);

/** Each literal that the code gives as a reason: beside the word, through a helper, or in a table of words. */
const given = new Set([
  ...[...source.matchAll(/\breason: '([a-z]+\.[a-z_]+)'/g)].map(([, reason]) => String(reason)),
  ...[
    ...source.matchAll(
      /'((?:approval|breakglass|credential|input|obligation|policy|request|review|rows|scope|slack|sql|token)\.[a-z_]+)'/g,
    ),
  ]
    .map(([, word]) => String(word))
    .filter(isReason),
]);
/** What is put together in the code: each needs at least one reason on a page. */
const prefixes = new Set([...source.matchAll(/\breason: `([a-z]+)\.\$\{/g)].map(([, prefix]) => String(prefix)));
/** What `refused(…)` of the tickets puts behind `approval.`: the states of a ticket and what else ends it. */
const parts = new Set(
  ['expired', 'void', 'used', ...[...source.matchAll(/\brefused\('([a-z_]+)'/g)].map(([, part]) => String(part))].map(
    (part) => `approval.${part}`,
  ),
);

const ignored: ReadonlySet<string> = new Set(['approval.decide', 'breakglass.review', 'sallyport.reason']);

/** A reason that the code puts together out of what is not beside it. */
function made(reason: string): boolean {
  const [prefix = '', part = ''] = reason.split('.');
  return (
    /^approval\.(?:text|binds|session|reason|ttl)$/.test(reason) ||
    ['plugin', 'kind'].includes(prefix) ||
    (prefixes.has(prefix) && source.includes(`'${part}'`))
  );
}

it('reasons.md has every reason that the code gives', () => {
  const missing = [...given, ...parts].filter((reason) => !documented.has(reason) && !ignored.has(reason));
  expect(
    missing,
    `write a row into docs/reasons.md for each, under "${header}" (sql.… into docs/statements.md, token.… into src/adapters/oidc/refusal-reasons.ts and docs/identity.md)`,
  ).toEqual([]);
});

it('reasons.md has the reasons that the code puts together', () => {
  expect(
    [...prefixes].filter((prefix) => ![...documented].some((reason) => reason.startsWith(`${prefix}.`))),
    `write the reasons that begin like this into docs/reasons.md, under "${header}"`,
  ).toEqual([]);
});

it('reasons.md has no reason that the code does not give', () => {
  const known = new Set([...given, ...parts, ...Object.values(composed)]);
  expect(
    [...documented].filter((reason) => !known.has(reason) && !made(reason) && !source.includes(`'${reason}'`)),
    'take these out of docs/reasons.md, or the code has lost them',
  ).toEqual([]);
});

it('reasons.md names a code for each, and codes that there are', () => {
  for (const [reason = '', code = ''] of rows) {
    expect(quoted(code).length, `${reason} has no code`).toBeGreaterThan(0);
    expect(
      quoted(code).filter((each) => !Object.hasOwn(denials, each)),
      reason,
    ).toEqual([]);
  }
});
