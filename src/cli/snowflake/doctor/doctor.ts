import { quoted } from '../../../adapters/snowflake/names.js';
import { AccessError } from '../../../core/index.js';
import { parsed } from '../../options.js';
import { write } from '../../write.js';
import { exitCodes, UsageError, type ExitCode } from '../../exit.js';
import type { Streams } from '../../streams.js';
import { planHelp, planOf } from '../plan.js';
import { knownIssuerOf, setupOptions } from '../setup/options.js';
import { checkAccessRoles } from './access-roles.js';
import { connectHelp, connectionOf, connectOptions } from './connect.js';
import { checkDefiners } from './definers.js';
import type { Found } from './finding.js';
import { checkFutureGrants } from './future-grants.js';
import { checkGateway } from './gateway.js';
import { checkLeftovers } from './leftovers.js';
import { checkLimits } from './limits.js';
import { Look } from './look.js';
import { checkPolicies } from './policies.js';
import { checkPublic } from './public.js';
import { asJson, inWords, reportOf } from './report.js';
import { checkTokens } from './tokens.js';
import { checkUnload } from './unload.js';
import { checkUsers } from './users.js';

const help = `Usage: sallyport snowflake doctor --schema DB.SCHEMA... --agent USER... --warehouse NAME [options]

Connects to an account, changes nothing, and says what is missing or too wide for the gateway: with why it matters and the
statement that mends it. What this role may not see is reported as unknown, never as well. Give it the options that setup got.

Options:
${connectHelp}
${planHelp}
  --jwks-url URL, --audience URL  as setup got them: for the statement that mends the security integration
  --public-key USER=FILE, --users-only  as setup got them; they are not looked at
  --json                      the report as JSON
  -h, --help                  this text
Needs the package snowflake-sdk.

Exit codes: 0 nothing found; 1 something was found, or could not be seen; 2 wrong command line; 70 the account cannot be reached.
`;

const checks: readonly ((look: Look) => Promise<readonly Found[]>)[] = [
  checkUsers, checkPolicies, checkTokens, checkGateway, checkAccessRoles, checkFutureGrants, checkPublic, checkUnload, checkLimits, checkLeftovers, checkDefiners,
];

/** `sallyport snowflake doctor`. Throws UsageError. */
export async function doctor(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parsed(args, { ...setupOptions, ...connectOptions, json: { type: 'boolean' } });
  if (values.help === true) return write(stdout, help);
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  const plan = planOf(values, process.env);
  const issuer = knownIssuerOf(values);
  const { clerk, role } = connectionOf(values, process.env);
  try {
    const look = new Look(clerk, plan, role, issuer);
    // Table functions need one; where it is refused, what they would tell is unknown.
    await look.ask(`USE WAREHOUSE ${quoted(plan.warehouse)}`);
    const report = reportOf((await Promise.all(checks.map((check) => check(look)))).flat());
    await write(stdout, values.json === true ? asJson(report) : inWords(report, role));
    return report.clean ? exitCodes.done : exitCodes.denied;
  } catch (error) {
    throw AccessError.is(error) ? unreachable(error) : error;
  } finally {
    await clerk.close();
  }
}

/** Where it stopped, and Snowflake's or the system's code; never what the driver said. */
function unreachable(error: AccessError): Error {
  const { step = '', engineCode = '', why = '' } = error.detail;
  return new Error(`the account cannot be reached: ${[step, engineCode, why].map(String).filter((word) => word !== '').join(', ')}`, { cause: error });
}
