import type { SchemaRef } from '../../core/index.js';
import { dial } from './dial.js';
import { engineFailure } from './failure.js';
import type { Settled } from './options.js';
import { roleOf, type RoleFor } from './roles/role-for.js';

const [goodbyeMs, tokenMs] = [2_000, 60_000];

/**
 * Proves that sessions can be opened, as far as that can be told before anybody asked for one: logs in and out. A user that is a function is not
 * known yet; a token that is signed here is made and not used, since the account may fetch its keys from what is not up yet. The sessions' user
 * runs no statement: nothing of it would be in the record. Throws ENGINE_UNAVAILABLE with the step, the driver's words as the cause.
 */
export async function checkAccount({ account, keeper, roles, schemas, user }: Settled, signal: AbortSignal): Promise<void> {
  await roles.check?.(schemas, signal);
  if (user === undefined) return;
  const expiresAt = Date.now() + tokenMs;
  if (keeper.minter !== undefined) {
    await keeper.login({ user, role: 'PUBLIC', expiresAt }).catch((error: unknown) => {
      throw engineFailure(error, 'credential');
    });
    return;
  }
  const names = roles.standing === undefined ? ['PUBLIC'] : readers(schemas, roles.standing);
  await Promise.all(names.map(async (role) => (await dial(account, keeper, { user, role, expiresAt }, signal)).end(goodbyeMs)));
}

function readers(schemas: readonly SchemaRef[], roleFor: RoleFor): readonly string[] {
  return [...new Set(schemas.map((schema) => roleOf(roleFor, schema, 'read')))].filter((role) => role !== undefined);
}
