import type { SchemaRef } from '../../core/index.js';
import { connect } from './connect.js';
import { createEngineError } from './errors.js';
import type { SnowflakeSettings } from './options.js';
import { resolveRole, type RoleFor } from './roles/role-for.js';

const [logoutMs, tokenLifetimeMs] = [2_000, 60_000];

/**
 * Proves that sessions can be opened, as far as that can be told before anybody asked for one: logs in and out. A user
 * that is a function is not
 * known yet; a token that is signed here is made and not used, since the account may fetch its keys from what is not up
 * yet. The sessions' user
 * runs no statement: nothing of it would be in the record. Throws ENGINE_UNAVAILABLE with the step, the driver's words
 * as the cause.
 */
export async function checkAccount(
  { account, credentials, roles, schemas, user }: SnowflakeSettings,
  signal: AbortSignal,
): Promise<void> {
  await roles.check?.(schemas, signal);
  if (user === undefined) return;
  const expiresAt = Date.now() + tokenLifetimeMs;
  if (credentials.tokenIssuer !== undefined) {
    await credentials.createLogin({ user, role: 'PUBLIC', expiresAt }).catch((error: unknown) => {
      throw createEngineError(error, 'credential');
    });
    return;
  }
  const names = roles.preparedRole === undefined ? ['PUBLIC'] : listReadRoles(schemas, roles.preparedRole);
  await Promise.all(
    names.map(async (role) => (await connect(account, credentials, { user, role, expiresAt }, signal)).end(logoutMs)),
  );
}

function listReadRoles(schemas: readonly SchemaRef[], roleFor: RoleFor): readonly string[] {
  return [...new Set(schemas.map((schema) => resolveRole(roleFor, schema, 'read')))].filter(
    (role) => role !== undefined,
  );
}
