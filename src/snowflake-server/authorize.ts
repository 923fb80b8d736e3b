import type { Catalog } from './catalog.js';
import { serverErrors } from './server-error.js';
import { listActiveRoles } from './command-context.js';
import type { ServerSession } from './session.js';
import { findTables, listTemporaryTables } from './tables.js';
import { tokenize, TokenReader } from './tokenizer.js';

/** What a statement needs: a privilege on one object each, `DATABASE.SCHEMA.NAME`. */
interface RequiredPrivilege {
  readonly privilege: string;
  readonly table: string;
}

/** Throws Failure unless the session's roles may do what a statement asks for. `made` names a table that it makes. */
export async function authorize(
  sql: string,
  session: ServerSession,
  catalog: Catalog,
  there: ReadonlySet<string>,
): Promise<{ readonly made?: string }> {
  const roles = listActiveRoles({ catalog, session });
  const { needs, made } = await findRequiredPrivileges(sql, session);
  if (made !== undefined) {
    const schema = made.split('.').slice(0, 2).join('.');
    requireUsage(roles, made, catalog);
    if (!catalog.may(roles, 'CREATE TABLE', 'SCHEMA', schema))
      throw serverErrors.role(`Insufficient privileges to operate on schema '${schema}'`);
  }
  const own = await listTemporaryTables(session.connection);
  for (const { privilege, table } of needs) {
    if (own.has(table.split('.')[2] ?? '')) continue;
    requireUsage(roles, table, catalog);
    if (!there.has(table)) throw serverErrors.absent('Object', table);
    const may = (what: string): boolean => ['TABLE', 'VIEW'].some((on) => catalog.may(roles, what, on, table));
    if (!may(privilege))
      throw may('SELECT')
        ? serverErrors.role(`Insufficient privileges to operate on table '${table}'`)
        : serverErrors.absent('Object', table);
  }
  return made === undefined ? {} : { made };
}

/** What cannot be reached does not exist, whatever it is called. */
function requireUsage(roles: readonly string[], table: string, catalog: Catalog): void {
  const [database = '', schema = ''] = table.split('.');
  if (
    !catalog.may(roles, 'USAGE', 'DATABASE', database) ||
    !catalog.may(roles, 'USAGE', 'SCHEMA', `${database}.${schema}`)
  )
    throw serverErrors.absent('Object', table);
}

async function findRequiredPrivileges(
  sql: string,
  session: ServerSession,
): Promise<{ readonly needs: readonly RequiredPrivilege[]; readonly made?: string }> {
  const read = new TokenReader(tokenize(sql));
  const target = (): string => qualifyName(read.readName() ?? [], session);
  const reads = (await findTables(session.connection, sql)).map((parts) => ({
    privilege: 'SELECT',
    table: qualifyName(parts, session),
  }));
  if (read.accept('INSERT', 'INTO')) return createWriteRequirements('INSERT', target(), reads);
  if (read.accept('UPDATE')) return createWriteRequirements('UPDATE', target(), reads);
  if (read.accept('DELETE', 'FROM')) return createWriteRequirements('DELETE', target(), reads);
  if (read.accept('MERGE', 'INTO')) return createWriteRequirements('UPDATE', target(), reads);
  if (read.accept('TRUNCATE')) return { needs: [{ privilege: 'TRUNCATE', table: (read.accept('TABLE'), target()) }] };
  if (read.accept('DROP'))
    return {
      needs: [
        {
          privilege: 'OWNERSHIP',
          table: (read.accept('TABLE') || read.accept('VIEW'), read.accept('IF', 'EXISTS'), target()),
        },
      ],
    };
  if (read.accept('ALTER', 'TABLE')) return { needs: [{ privilege: 'OWNERSHIP', table: target() }] };
  if (!read.accept('CREATE')) return { needs: reads };
  read.accept('OR', 'REPLACE');
  if (!read.accept('TEMPORARY')) read.accept('TEMP');
  if (!read.accept('TABLE') && !read.accept('VIEW'))
    throw serverErrors.syntax('only tables and views can be created here');
  read.accept('IF', 'NOT', 'EXISTS');
  const made = target();
  return { needs: reads.filter(({ table }) => table !== made), made };
}

function createWriteRequirements(
  privilege: string,
  table: string,
  reads: readonly RequiredPrivilege[],
): { readonly needs: readonly RequiredPrivilege[] } {
  return { needs: [{ privilege, table }, ...reads.filter((each) => each.table !== table)] };
}

function qualifyName(parts: readonly string[], { database = '', schema = '' }: ServerSession): string {
  const [name = '', inSchema = schema, inDatabase = database] = parts.toReversed();
  return [inDatabase, inSchema === '' ? 'PUBLIC' : inSchema, name].join('.');
}
