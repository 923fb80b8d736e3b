import { found, unseen, type Found } from './finding.js';
import { grantsOf, takeAway, type Granted } from './grants.js';
import { isRefused, type Look } from './look.js';
import { partsOf } from './names.js';

/** What PUBLIC has, and with it every session. */
export async function checkPublic(look: Look): Promise<readonly Found[]> {
  const [role, application] = await Promise.all([look.ask('SHOW GRANTS TO ROLE "PUBLIC"'), look.ask('SHOW GRANTS TO APPLICATION ROLE SNOWFLAKE.PUBLIC')]);
  return [
    ...(isRefused(role) ? [unseen('PUBLIC', ['PUBLIC_AI', 'PUBLIC_GRANT'], role)] : grantsOf(role).filter(({ bySystem }) => !bySystem).map(spoken)),
    // Not every account has it; where it is, it is shown to the account's admin.
    ...(isRefused(application) ? (look.seesAll() ? [] : [unseen('SNOWFLAKE.PUBLIC', ['PUBLIC_AI'], application)]) : grantsOf(application).filter(isAi).map(byApplication)),
  ];
}

function isAi({ privilege, on, name }: Granted): boolean {
  if (on === 'ACCOUNT') return /^USE AI FUNCTIONS?\b/.test(privilege);
  return /^(?:DATABASE|APPLICATION)_ROLE$/.test(on) && /^(?:CORTEX|COPILOT|AI_FUNCTIONS)\w*_USER$/.test(partsOf(name).at(-1) ?? '');
}

function spoken(each: Granted): Found {
  return found(isAi(each) ? 'PUBLIC_AI' : 'PUBLIC_GRANT', 'PUBLIC', `it holds ${each.privilege} on ${each.on.replaceAll('_', ' ')} ${each.name}`, takeAway(each, 'PUBLIC'));
}

/** What Snowflake's own application gives to everybody is taken by a procedure of its own (REVOKE_FROM_PUBLIC_APPLICATION_ROLE in Snowflake's reference). */
function byApplication({ privilege, on, name }: Granted): Found {
  const [kind, what] = on === 'ACCOUNT' ? ['PRIVILEGE', privilege.replaceAll(' ', '_')] : [on === 'DATABASE_ROLE' ? 'DB_ROLE' : 'APP_ROLE', partsOf(name).at(-1) ?? ''];
  const fix = /^[\w-]+$/.test(what) ? [`CALL SNOWFLAKE.LOCAL.REVOKE_FROM_PUBLIC_APPLICATION_ROLE('${kind}', '${what}')`] : [];
  return found('PUBLIC_AI', 'SNOWFLAKE.PUBLIC', `the application role holds ${on === 'ACCOUNT' ? privilege : name}`, fix);
}
