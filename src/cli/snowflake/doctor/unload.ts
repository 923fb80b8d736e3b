import { quoted } from '../../../adapters/snowflake/names.js';
import type { Code } from './codes.js';
import { found, unseen, type Found } from './finding.js';
import { isRefused, type Look } from './look.js';
import { valueOf } from './parameters.js';

const ofUsers = [['UNLOAD_INLINE_URL', 'PREVENT_UNLOAD_TO_INLINE_URL'], ['UNLOAD_INTERNAL_STAGE', 'PREVENT_UNLOAD_TO_INTERNAL_STAGES']] as const;
const ofAccount = ['REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION', 'REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION'] as const;

/** Ways out for data: set for each user, or for the account. */
export async function checkUnload(look: Look): Promise<readonly Found[]> {
  const { gateway, agents } = look.plan;
  const each = [gateway.user, ...agents].flatMap((user) => ofUsers.map(([code, name]) => parameter(look, code, name, `USER ${quoted(user)}`, user, `ALTER USER ${quoted(user)} SET ${name} = TRUE`)));
  const account = ofAccount.map((name) => parameter(look, 'STAGE_INTEGRATION', name, 'ACCOUNT', 'the account', `ALTER ACCOUNT SET ${name} = TRUE`));
  return (await Promise.all([...each, ...account])).flat();
}

async function parameter(look: Look, code: Code, name: string, where: string, subject: string, fix: string): Promise<readonly Found[]> {
  const told = await valueOf(look, name, where);
  if (isRefused(told)) return [unseen(subject, [code], told)];
  return told.value.toLowerCase() === 'true' ? [] : [found(code, subject, `${name} is ${told.value || 'not set'}`, [fix])];
}
