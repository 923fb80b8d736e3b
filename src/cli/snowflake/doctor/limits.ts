import { likeLiteral, quoted } from '../../../adapters/snowflake/names.js';
import { monitor } from '../sql.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';
import { valueOf } from './parameters.js';

/** What a statement and a month may cost. */
export async function checkLimits(look: Look): Promise<readonly Found[]> {
  const { agents, warehouse, timeoutSeconds } = look.plan;
  const set = (what: string): string => `ALTER ${what} SET STATEMENT_TIMEOUT_IN_SECONDS = ${timeoutSeconds}`;
  const places = [[`WAREHOUSE ${quoted(warehouse)}`, warehouse], ...agents.map((user) => [`USER ${quoted(user)}`, user])] as [string, string][];
  return (await Promise.all([...places.map(([where, subject]) => timeout(look, where, subject, set(where))), quota(look)])).flat();
}

/** Zero is none, and two days is what holds where nothing was set. */
async function timeout(look: Look, where: string, subject: string, fix: string): Promise<readonly Found[]> {
  const told = await valueOf(look, 'STATEMENT_TIMEOUT_IN_SECONDS', where);
  if (isRefused(told)) return [unseen(subject, ['STATEMENT_TIMEOUT'], told)];
  const seconds = Number(told.value);
  return seconds > 0 && seconds <= 86_400 ? [] : [found('STATEMENT_TIMEOUT', subject, `its statement timeout is ${told.value || 'not set'} seconds`, [fix])];
}

async function quota(look: Look): Promise<readonly Found[]> {
  const { warehouse } = look.plan;
  const fix = monitor(look.plan).map(({ sql }) => sql);
  const [shown, monitors] = await Promise.all([look.ask(`SHOW WAREHOUSES LIKE ${likeLiteral(warehouse)}`), look.ask('SHOW RESOURCE MONITORS')]);
  if (isRefused(shown) || isRefused(monitors)) return [unseen(warehouse, ['RESOURCE_MONITOR'], isRefused(shown) ? shown : (monitors as { readonly refused: string }))];
  const row = shown.find((each) => each['name'] === warehouse);
  if (row === undefined) return [unseen(warehouse, ['RESOURCE_MONITOR'], 'there is no such warehouse, or this role may not see it')];
  const assigned = row['resource_monitor'] ?? 'null';
  const holding = monitors.filter((each) => each['name'] === assigned || each['level'] === 'ACCOUNT');
  if (assigned === 'null' && monitors.length === 0 && !look.seesAll()) return [unseen(warehouse, ['RESOURCE_MONITOR'], 'it has no monitor of its own, and one of the account is shown to its admin only')];
  if (assigned === 'null' && holding.length === 0) return [found('RESOURCE_MONITOR', warehouse, 'no resource monitor watches it', fix)];
  if (holding.length === 0) return [unseen(warehouse, ['RESOURCE_MONITOR'], `its monitor ${assigned} is not shown to this role`)];
  const ends = holding.some((each) => each['credit_quota'] && (each['suspend_at'] || each['suspend_immediately_at']));
  return ends ? [] : [found('RESOURCE_MONITOR', warehouse, `its monitor ${holding.map((each) => each['name']).join(', ')} has no quota, or does not suspend`, fix)];
}
