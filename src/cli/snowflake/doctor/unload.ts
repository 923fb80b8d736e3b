import { quoteName } from '../../../adapters/snowflake/names.js';
import type { FindingCode } from './finding-codes.js';
import { createFinding, createUnknownCheck, type CheckResult } from './finding.js';
import { isNotVisible, type AccountInspector } from './account-inspector.js';
import { readParameter } from './parameters.js';

const userParameters = [
  ['UNLOAD_INLINE_URL', 'PREVENT_UNLOAD_TO_INLINE_URL'],
  ['UNLOAD_INTERNAL_STAGE', 'PREVENT_UNLOAD_TO_INTERNAL_STAGES'],
] as const;
const accountParameters = [
  'REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION',
  'REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION',
] as const;

/** Ways out for data: set for each user, or for the account. */
export async function checkUnload(look: AccountInspector): Promise<readonly CheckResult[]> {
  const { gateway, agents } = look.plan;
  const each = [gateway.user, ...agents].flatMap((user) =>
    userParameters.map(([code, name]) =>
      checkParameter(
        look,
        code,
        name,
        `USER ${quoteName(user)}`,
        user,
        `ALTER USER ${quoteName(user)} SET ${name} = TRUE`,
      ),
    ),
  );
  const account = accountParameters.map((name) =>
    checkParameter(look, 'STAGE_INTEGRATION', name, 'ACCOUNT', 'the account', `ALTER ACCOUNT SET ${name} = TRUE`),
  );
  return (await Promise.all([...each, ...account])).flat();
}

async function checkParameter(
  look: AccountInspector,
  code: FindingCode,
  name: string,
  where: string,
  subject: string,
  fix: string,
): Promise<readonly CheckResult[]> {
  const told = await readParameter(look, name, where);
  if (isNotVisible(told)) return [createUnknownCheck(subject, [code], told)];
  return told.value.toLowerCase() === 'true'
    ? []
    : [createFinding(code, subject, `${name} is ${told.value || 'not set'}`, [fix])];
}
