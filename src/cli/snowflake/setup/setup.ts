import { formatSchema } from '../../../core/index.js';
import { parseOptions } from '../../parse-options.js';
import { toPrintable } from '../../text/printable.js';
import { write } from '../../write.js';
import { UsageError, type ExitCode } from '../../exit-codes.js';
import type { Streams } from '../../streams.js';
import { planHelp, createAccountPlan, type AccountPlan } from '../plan.js';
import { supportsSessionScope } from '../account-statements.js';
import { parseIssuer, readPublicKeys, setupOptions } from './setup-options.js';
import {
  createAccountSection,
  createPolicySchemaSection,
  formatKeyHint,
  createPoliciesSection,
  createRolesSection,
  createTokensSection,
  createUserSection,
  createWarehouseSection,
  type SetupSection,
} from './sections.js';

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
  const { values, positionals } = parseOptions(args, setupOptions);
  if (values.help === true) return write(stdout, help);
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  const plan = createAccountPlan(values, process.env);
  if (plan.egress === undefined) throw new UsageError('--egress is missing: the addresses that the gateway comes from');
  const issuer = parseIssuer(values);
  const users = [plan.gateway.user, ...plan.agents];
  const keys = await readPublicKeys(values, users);
  const sections = [
    createPolicySchemaSection(plan),
    createWarehouseSection(plan),
    createRolesSection(plan),
    ...(issuer === undefined
      ? [createPoliciesSection(plan)]
      : orderTokensFirst(plan, createTokensSection(plan, issuer))),
    ...users.map((user) => createUserSection(plan, user, keys.get(user))),
  ];
  const hints = users
    .filter((user) => !keys.has(user) && (user === plan.gateway.user || issuer === undefined))
    .map(formatKeyHint);
  const last = createAccountSection();
  return write(
    stdout,
    [
      formatIntro(plan),
      ...sections.map(formatSection),
      ...hints,
      values['users-only'] === true ? formatSection(last).replaceAll(/^(?!--|$)/gm, '-- ') : formatSection(last),
      formatOutro(plan, args),
    ].join('\n'),
  );
}

/** The integration needs the network policy, the login policy needs the integration. */
function orderTokensFirst(plan: AccountPlan, tokens: SetupSection): readonly SetupSection[] {
  const { title, statements } = createPoliciesSection(plan);
  const at = statements.findIndex(({ sql }) => sql.includes('AUTHENTICATION POLICY'));
  return [
    { title, statements: statements.slice(0, at) },
    tokens,
    { title: 'Policies: how to log in', statements: statements.slice(at) },
  ];
}

function formatIntro(plan: AccountPlan): string {
  const without = supportsSessionScope(plan)
    ? ''
    : `-- Left out: a restricted session scope. Snowflake applies it to users of type SERVICE_AGENT and to agentic integrations, and its documentation shows plain names only.\n`;
  return `-- What the gateway needs in this account, for ${plan.schemas.map(formatSchema).join(', ')}. Read it, then run it as ACCOUNTADMIN; it may be run again.
${without}USE ROLE ACCOUNTADMIN;
`;
}

function formatSection({ title, statements }: SetupSection): string {
  return `-- ${title}\n\n${statements.map(({ why, sql }) => `-- ${why}\n${sql};\n`).join('')}`;
}

/** The same options again, as far as they do not belong to setup alone. */
function formatOutro(plan: AccountPlan, args: readonly string[]): string {
  const own = /^--(?:public-key|jwks-url|audience|users-only)(?:=|$)/;
  const kept = args.filter(
    (each, index) => !own.test(each) && !/^--(?:public-key|jwks-url|audience)$/.test(args[index - 1] ?? ''),
  );
  return `-- In accounts that have the application role SNOWFLAKE.PUBLIC, AI functions come that way too; where doctor finds them:
-- CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('PRIVILEGE', 'USE_AI_FUNCTIONS');

-- Then check it, as a user who may use ${plan.warehouse.replaceAll(/\s+/g, ' ')}:
-- SNOWFLAKE_ACCOUNT=... SNOWFLAKE_USER=... SNOWFLAKE_ROLE=ACCOUNTADMIN SNOWFLAKE_PRIVATE_KEY_PATH=... sallyport snowflake doctor ${toPrintable(kept.map(quoteShellWord).join(' '))}
`;
}

function quoteShellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
