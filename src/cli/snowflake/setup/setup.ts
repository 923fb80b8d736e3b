import { formatSchema } from '../../../core/index.js';
import { parsed } from '../../options.js';
import { printable } from '../../printable.js';
import { write } from '../../write.js';
import { UsageError, type ExitCode } from '../../exit.js';
import type { Streams } from '../../streams.js';
import { planHelp, planOf, type Plan } from '../plan.js';
import { hasScope } from '../sql.js';
import { issuerOf, keysOf, setupOptions } from './options.js';
import { accountSection, homeSection, keyHint, policiesSection, rolesSection, tokensSection, userSection, warehouseSection, type Section } from './sections.js';

const help = `Usage: sallyport snowflake setup --schema DB.SCHEMA... --agent USER... --warehouse NAME --egress ADDRESS... [options] > setup.sql

Prints the SQL that an account's admin reads, then runs once as ACCOUNTADMIN: users, roles, policies, limits. It connects to nothing.
It may be run again: it makes what is not there and sets what is. Tables made later need it again, for there are no future grants.

Options:
${planHelp}
  --public-key USER=FILE      the RSA public key of a user, PEM; without it, its line is left to be filled in
  --jwks-url URL              with --external-oauth: where the gateway serves the keys of connector.jwks()
  --audience URL              with --external-oauth: the audience of the tokens, where it is not the account's own address
  --users-only                what concerns the whole account is printed as comments only
  -h, --help                  this text

Exit codes: 0 printed; 2 wrong command line; 70 the command failed.
`;

/** `sallyport snowflake setup`. Throws UsageError. */
export async function setup(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parsed(args, setupOptions);
  if (values.help === true) return write(stdout, help);
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  const plan = planOf(values, process.env);
  if (plan.egress === undefined) throw new UsageError('--egress is missing: the addresses that the gateway comes from');
  const issuer = issuerOf(values);
  const users = [plan.gateway.user, ...plan.agents];
  const keys = await keysOf(values, users);
  const sections = [
    homeSection(plan), warehouseSection(plan), rolesSection(plan), ...(issuer === undefined ? [policiesSection(plan)] : tokensFirst(plan, tokensSection(plan, issuer))), ...users.map((user) => userSection(plan, user, keys.get(user))),
  ];
  const hints = users.filter((user) => !keys.has(user) && (user === plan.gateway.user || issuer === undefined)).map(keyHint);
  const last = accountSection();
  return write(stdout, [intro(plan), ...sections.map(printed), ...hints, values['users-only'] === true ? printed(last).replaceAll(/^(?!--|$)/gm, '-- ') : printed(last), outro(plan, args)].join('\n'));
}

/** The integration needs the network policy, the login policy needs the integration. */
function tokensFirst(plan: Plan, tokens: Section): readonly Section[] {
  const { title, statements } = policiesSection(plan);
  const at = statements.findIndex(({ sql }) => sql.includes('AUTHENTICATION POLICY'));
  return [{ title, statements: statements.slice(0, at) }, tokens, { title: 'Policies: how to log in', statements: statements.slice(at) }];
}

function intro(plan: Plan): string {
  const without = hasScope(plan) ? '' : `-- Left out: a restricted session scope. Snowflake applies it to users of type SERVICE_AGENT and to agentic integrations, and its documentation shows plain names only.\n`;
  return `-- What the gateway needs in this account, for ${plan.schemas.map(formatSchema).join(', ')}. Read it, then run it as ACCOUNTADMIN; it may be run again.
${without}USE ROLE ACCOUNTADMIN;
`;
}

function printed({ title, statements }: Section): string {
  return `-- ${title}\n\n${statements.map(({ why, sql }) => `-- ${why}\n${sql};\n`).join('')}`;
}

/** The same options again, as far as they do not belong to setup alone. */
function outro(plan: Plan, args: readonly string[]): string {
  const own = /^--(?:public-key|jwks-url|audience|users-only)(?:=|$)/;
  const kept = args.filter((each, index) => !own.test(each) && !/^--(?:public-key|jwks-url|audience)$/.test(args[index - 1] ?? ''));
  return `-- In accounts that have the application role SNOWFLAKE.PUBLIC, AI functions come that way too; where doctor finds them:
-- CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('PRIVILEGE', 'USE_AI_FUNCTIONS');

-- Then check it, as a user who may use ${plan.warehouse.replaceAll(/\s+/g, ' ')}:
-- SNOWFLAKE_ACCOUNT=... SNOWFLAKE_USER=... SNOWFLAKE_ROLE=ACCOUNTADMIN SNOWFLAKE_PRIVATE_KEY_PATH=... sallyport snowflake doctor ${printable(kept.map(shellWord).join(' '))}
`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
