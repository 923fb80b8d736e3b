import { quoted } from '../../../adapters/snowflake/names.js';
import type { AccessRole } from '../plan.js';
import { found, unseen, type Found } from './finding.js';
import { grantsOf, takeAway, type Granted } from './grants.js';
import { isRefused, type Look } from './look.js';
import { partsOf } from './names.js';

/** Each access role: one schema, one level, and the way there. */
export async function checkAccessRoles(look: Look): Promise<readonly Found[]> {
  return (await Promise.all(look.plan.accessRoles.map((each) => checkRole(look, each)))).flat();
}

async function checkRole(look: Look, mine: AccessRole): Promise<readonly Found[]> {
  const { role } = mine;
  const answer = await look.grantsTo(role);
  if (isRefused(answer)) return [look.seesAll() ? found('ACCESS_ROLE_MISSING', role, 'there is no such role', [`CREATE ROLE IF NOT EXISTS ${quoted(role)}`]) : unseen(role, ['ACCESS_ROLE_MISSING', 'ACCESS_ROLE_WIDE', 'ACCESS_ROLE_LEVEL'], answer)];
  return grantsOf(answer).flatMap((each) => {
    if (isWide(each, mine, look.plan.warehouse)) return [found('ACCESS_ROLE_WIDE', role, `it holds ${spoken(each)}`, takeAway(each, role))];
    return isAbove(each, mine) ? [found('ACCESS_ROLE_LEVEL', role, `it is for ${mine.access === 'read' ? 'reading' : 'writing'}, and holds ${spoken(each)}`, takeAway(each, role))] : [];
  });
}

function spoken({ privilege, on, name, withGrantOption }: Granted): string {
  return `${privilege} on ${on.replaceAll('_', ' ')} ${name}${withGrantOption ? ', and may grant it on' : ''}`;
}

/** Anything outside of its schema; of database and warehouse no more than their use. */
function isWide({ privilege, on, name }: Granted, { database, schema }: AccessRole, warehouse: string): boolean {
  const [first, second] = partsOf(name);
  if (on === 'DATABASE') return first !== database || privilege !== 'USAGE';
  if (on === 'WAREHOUSE') return first !== warehouse || privilege !== 'USAGE';
  if (on === 'ACCOUNT' || on === 'ROLE' || on === 'DATABASE_ROLE' || second === undefined) return true;
  return first !== database || second !== schema;
}

const reading: ReadonlySet<string> = new Set(['USAGE', 'SELECT', 'REFERENCES', 'MONITOR']);
const writing: ReadonlySet<string> = new Set([...reading, 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

/** More than its level; nobody but an owner needs a stage, and a role that may grant on is no wall. */
function isAbove({ privilege, on, withGrantOption }: Granted, { access }: AccessRole): boolean {
  if (withGrantOption || on === 'STAGE') return true;
  if (access === 'write' && on === 'SCHEMA' && privilege.startsWith('CREATE ')) return false;
  return !(access === 'read' ? reading : writing).has(privilege);
}
