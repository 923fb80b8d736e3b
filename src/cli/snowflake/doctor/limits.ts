import { quoteLikeLiteral, quoteName } from '../../../adapters/snowflake/names.js';
import { createMonitorStatements } from '../account-statements.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { readParameter } from './parameters.js';

/** What a statement and a month may cost. */
export async function checkLimits(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { agents, warehouse, timeoutSeconds } = look.plan;
  const set = (what: string): string => `ALTER ${what} SET STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds}`;
  const places = [
    [`WAREHOUSE ${quoteName(warehouse)}`, warehouse],
    ...agents.map((user) => [`USER ${quoteName(user)}`, user]),
  ] as [string, string][];
  return (
    await Promise.all([
      ...places.map(([where, subject]) => checkTimeout(look, where, subject, set(where))),
      checkQuota(look),
    ])
  ).flat();
}

/** Zero is none, and two days is what holds where nothing was set. */
async function checkTimeout(
  look: AccountInspector,
  where: string,
  subject: string,
  fix: string,
): Promise<readonly CheckResult[]> {
  const told = await readParameter(look, 'STATEMENT_TIMEOUT_IN_SECONDS', where);
  if (isNotVisible(told)) return [createUnknownCheck(subject, ['STATEMENT_TIMEOUT'], told)];
  const seconds = Number(told.value);
  return seconds > 0 && seconds <= 86_400
    ? []
    : [
        createFinding('STATEMENT_TIMEOUT', subject, `its statement timeout is ${told.value || 'not set'} seconds`, [
          fix,
        ]),
      ];
}

async function checkQuota(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { warehouse } = look.plan;
  const fix = createMonitorStatements(look.plan).map(({ sql }) => sql);
  const [shown, monitors] = await Promise.all([
    look.query(`SHOW WAREHOUSES LIKE ${quoteLikeLiteral(warehouse)}`),
    look.query('SHOW RESOURCE MONITORS'),
  ]);
  if (isNotVisible(shown) || isNotVisible(monitors))
    return [
      createUnknownCheck(
        warehouse,
        ['RESOURCE_MONITOR'],
        isNotVisible(shown) ? shown : (monitors as { readonly refused: string }),
      ),
    ];
  const row = shown.find((each) => each['name'] === warehouse);
  if (row === undefined)
    return [
      createUnknownCheck(warehouse, ['RESOURCE_MONITOR'], 'there is no such warehouse, or this role may not see it'),
    ];
  const assigned = row['resource_monitor'] ?? 'null';
  const holding = monitors.filter((each) => each['name'] === assigned || each['level'] === 'ACCOUNT');
  if (assigned === 'null' && monitors.length === 0 && !look.seesAll())
    return [
      createUnknownCheck(
        warehouse,
        ['RESOURCE_MONITOR'],
        'it has no monitor of its own, and one of the account is shown to its admin only',
      ),
    ];
  if (assigned === 'null' && holding.length === 0)
    return [createFinding('RESOURCE_MONITOR', warehouse, 'no resource monitor watches it', fix)];
  if (holding.length === 0)
    return [createUnknownCheck(warehouse, ['RESOURCE_MONITOR'], `its monitor ${assigned} is not shown to this role`)];
  const ends = holding.some((each) => each['credit_quota'] && (each['suspend_at'] || each['suspend_immediately_at']));
  return ends
    ? []
    : [
        createFinding(
          'RESOURCE_MONITOR',
          warehouse,
          `its monitor ${holding.map((each) => each['name']).join(', ')} has no quota, or does not suspend`,
          fix,
        ),
      ];
}
