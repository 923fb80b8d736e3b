import type { Catalog } from './catalog.js';
import { failures } from './failure.js';
import { activeRoles } from './ground.js';
import type { Session } from './session.js';
import { tablesOf, temporaryOf } from './tables.js';
import { piecesOf, Reader } from './tokens.js';

/** What a statement needs: a privilege on one object each, `DATABASE.SCHEMA.NAME`. */
interface Need {
  readonly privilege: string;
  readonly table: string;
}

/** Throws Failure unless the session's roles may do what a statement asks for. `made` names a table that it makes. */
export async function authorize(sql: string, session: Session, catalog: Catalog, there: ReadonlySet<string>): Promise<{ readonly made?: string }> {
  const roles = activeRoles({ catalog, session });
  const { needs, made } = await needsOf(sql, session);
  if (made !== undefined) {
    const schema = made.split('.').slice(0, 2).join('.');
    reach(roles, made, catalog);
    if (!catalog.may(roles, 'CREATE TABLE', 'SCHEMA', schema)) throw failures.role(`Insufficient privileges to operate on schema '${schema}'`);
  }
  const own = await temporaryOf(session.connection);
  for (const { privilege, table } of needs) {
    if (own.has(table.split('.')[2] ?? '')) continue;
    reach(roles, table, catalog);
    if (!there.has(table)) throw failures.absent('Object', table);
    const may = (what: string): boolean => ['TABLE', 'VIEW'].some((on) => catalog.may(roles, what, on, table));
    if (!may(privilege)) throw may('SELECT') ? failures.role(`Insufficient privileges to operate on table '${table}'`) : failures.absent('Object', table);
  }
  return made === undefined ? {} : { made };
}

/** What cannot be reached does not exist, whatever it is called. */
function reach(roles: readonly string[], table: string, catalog: Catalog): void {
  const [database = '', schema = ''] = table.split('.');
  if (!catalog.may(roles, 'USAGE', 'DATABASE', database) || !catalog.may(roles, 'USAGE', 'SCHEMA', `${database}.${schema}`)) throw failures.absent('Object', table);
}

async function needsOf(sql: string, session: Session): Promise<{ readonly needs: readonly Need[]; readonly made?: string }> {
  const read = new Reader(piecesOf(sql));
  const target = (): string => full(read.name() ?? [], session);
  const reads = (await tablesOf(session.connection, sql)).map((parts) => ({ privilege: 'SELECT', table: full(parts, session) }));
  if (read.take('INSERT', 'INTO')) return written('INSERT', target(), reads);
  if (read.take('UPDATE')) return written('UPDATE', target(), reads);
  if (read.take('DELETE', 'FROM')) return written('DELETE', target(), reads);
  if (read.take('MERGE', 'INTO')) return written('UPDATE', target(), reads);
  if (read.take('TRUNCATE')) return { needs: [{ privilege: 'TRUNCATE', table: (read.take('TABLE'), target()) }] };
  if (read.take('DROP')) return { needs: [{ privilege: 'OWNERSHIP', table: (read.take('TABLE') || read.take('VIEW'), read.take('IF', 'EXISTS'), target()) }] };
  if (read.take('ALTER', 'TABLE')) return { needs: [{ privilege: 'OWNERSHIP', table: target() }] };
  if (!read.take('CREATE')) return { needs: reads };
  read.take('OR', 'REPLACE');
  if (!read.take('TEMPORARY')) read.take('TEMP');
  if (!read.take('TABLE') && !read.take('VIEW')) throw failures.syntax('only tables and views can be created here');
  read.take('IF', 'NOT', 'EXISTS');
  const made = target();
  return { needs: reads.filter(({ table }) => table !== made), made };
}

function written(privilege: string, table: string, reads: readonly Need[]): { readonly needs: readonly Need[] } {
  return { needs: [{ privilege, table }, ...reads.filter((each) => each.table !== table)] };
}

function full(parts: readonly string[], { database = '', schema = '' }: Session): string {
  const [name = '', inSchema = schema, inDatabase = database] = parts.toReversed();
  return [inDatabase, inSchema === '' ? 'PUBLIC' : inSchema, name].join('.');
}
