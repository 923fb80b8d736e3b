import { quoteName } from '../../../adapters/snowflake/names.js';
import { AccessError } from '../../../core/index.js';
import { parseOptions } from '../../parse-options.js';
import { write } from '../../write.js';
import { exitCodes, UsageError, type ExitCode } from '../../exit-codes.js';
import type { Streams } from '../../streams.js';
import { planHelp, createAccountPlan } from '../plan.js';
import { parseKnownIssuer, setupOptions } from '../setup/setup-options.js';
import { checkAccessRoles } from './access-roles.js';
import { connectHelp, createConnection, connectOptions } from './connect.js';
import { checkOwnerRights } from './owner-rights.js';
import type { CheckResult } from './finding.js';
import { checkFutureGrants } from './future-grants.js';
import { checkGatewayRole } from './gateway-role.js';
import { checkLeftoverRoles } from './leftover-roles.js';
import { checkLimits } from './limits.js';
import { AccountInspector } from './account-inspector.js';
import { checkPolicies } from './policies.js';
import { checkPublicRole } from './public-role.js';
import { toJson, formatDoctorReport, createDoctorReport } from './report.js';
import { checkTokenIntegration } from './token-integration.js';
import { checkUnload } from './unload.js';
import { checkUsers } from './users.js';

const help = `Usage: sallyport snowflake doctor --schema DB.SCHEMA... --agent USER... --warehouse NAME [options]

Connects to an account, changes nothing, and says what is missing or too wide for the gateway: with why it matters and the
statement that fixes it. What this role may not see is reported as unknown, never as passed. Give it the options that setup got.

Options:
${connectHelp}
${planHelp}
  --jwks-url URL, --audience URL  as setup got them: for the statement that fixes the security integration
  --public-key USER=FILE, --users-only  as setup got them; they are not looked at
  --json                      the report as JSON
  -h, --help                  this text
Needs the package snowflake-sdk.

Exit codes: 0 nothing found; 1 something was found, or could not be seen; 2 wrong command line; 70 the account cannot be reached.
`;

const checks: readonly ((look: AccountInspector) => Promise<readonly CheckResult[]>)[] = [
  checkUsers,
  checkPolicies,
  checkTokenIntegration,
  checkGatewayRole,
  checkAccessRoles,
  checkFutureGrants,
  checkPublicRole,
  checkUnload,
  checkLimits,
  checkLeftoverRoles,
  checkOwnerRights,
];

/** `sallyport snowflake doctor`. Throws UsageError. */
export async function doctor(args: readonly string[], { stdout }: Streams): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, { ...setupOptions, ...connectOptions, json: { type: 'boolean' } });
  if (values.help === true) return write(stdout, help);
  if (positionals.length > 0) throw new UsageError(`unknown argument ${JSON.stringify(positionals[0])}`);
  const plan = createAccountPlan(values, process.env);
  const issuer = parseKnownIssuer(values);
  const { admin, role } = createConnection(values, process.env);
  try {
    const look = new AccountInspector(admin, plan, role, issuer);
    // Table functions need one; where it is refused, what they would tell is unknown.
    await look.query(`USE WAREHOUSE ${quoteName(plan.warehouse)}`);
    const report = createDoctorReport((await Promise.all(checks.map((check) => check(look)))).flat());
    await write(stdout, values.json === true ? toJson(report) : formatDoctorReport(report, role));
    return report.clean ? exitCodes.done : exitCodes.denied;
  } catch (error) {
    throw AccessError.is(error) ? createUnreachableError(error) : error;
  } finally {
    await admin.close();
  }
}

/** Where it stopped, and Snowflake's or the system's code; never what the driver said. */
function createUnreachableError(error: AccessError): Error {
  const { step = '', engineCode = '', why = '' } = error.detail;
  return new Error(
    `the account cannot be reached: ${[step, engineCode, why]
      .map(String)
      .filter((word) => word !== '')
      .join(', ')}`,
    { cause: error },
  );
}
