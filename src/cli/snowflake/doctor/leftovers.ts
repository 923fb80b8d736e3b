import { likeLiteral, quoted } from '../../../adapters/snowflake/names.js';
import { isFreshName, readStamp } from '../../../adapters/snowflake/roles/stamp.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';

/** How long after its time a role may still be there, milliseconds: the reaper's round and its grace. */
const graceMs = 5 * 60_000;

/** Roles of sessions that are over. */
export async function checkLeftovers(look: Look): Promise<readonly Found[]> {
  const { prefix, gateway } = look.plan;
  const answer = await look.ask(`SHOW ROLES LIKE ${likeLiteral(prefix).slice(0, -1)}%'`);
  if (isRefused(answer)) return [unseen(prefix, ['ROLE_LEFT'], answer)];
  return answer.flatMap((row) => {
    const name = row['name'] ?? '';
    const stamp = readStamp(row['comment'] ?? '');
    if (!isFreshName(name, prefix) || row['owner'] !== gateway.role || stamp === undefined || stamp.until + graceMs > Date.now()) return [];
    return [found('ROLE_LEFT', name, `the time of its session ${stamp.session} was over at ${new Date(stamp.until).toISOString()}`, [`GRANT OWNERSHIP ON ROLE ${quoted(name)} TO ROLE ${quoted(look.role)} COPY CURRENT GRANTS`, `DROP ROLE IF EXISTS ${quoted(name)}`])];
  });
}
