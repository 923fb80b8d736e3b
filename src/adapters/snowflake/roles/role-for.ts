import { formatSchema, type Access, type SchemaRef, type Scope } from '../../../core/index.js';

/** Names a role for a schema and an access level. */
export type RoleFor = (scope: Pick<Scope, 'database' | 'schema' | 'access'>) => string;

/** Undefined where the function names none: nobody can ask for that. */
export function resolveRole(roleFor: RoleFor, { database, schema }: SchemaRef, access: Access): string | undefined {
  try {
    const role: unknown = roleFor({ database, schema, access });
    return typeof role === 'string' && role !== '' ? role : undefined;
  } catch {
    return undefined;
  }
}

/** Two schemas that one role is named for; undefined where there are none. */
export function findSharedRole(
  schemas: readonly SchemaRef[],
  roleFor: RoleFor,
): { readonly role: string; readonly schemas: readonly [string, string] } | undefined {
  const holders = new Map<string, string>();
  for (const schema of schemas) {
    for (const access of ['read', 'write'] as const) {
      const role = resolveRole(roleFor, schema, access);
      if (role === undefined) continue;
      const other = holders.get(role) ?? formatSchema(schema);
      if (other !== formatSchema(schema)) return { role, schemas: [other, formatSchema(schema)] };
      holders.set(role, other);
    }
  }
  return undefined;
}
