import { randomBytes } from 'node:crypto';

/** What the comment of a role of ours says. */
export interface RoleComment {
  readonly session: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** A name that never was and never will be again. */
export function createRoleName(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex').toUpperCase()}`;
}

export function isOwnRoleName(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && /^[0-9A-F]{32}$/.test(name.slice(prefix.length));
}

export function formatRoleComment({ session, until }: RoleComment): string {
  return `sallyport 1 session=${session} until=${new Date(until).toISOString()}`;
}

/** Undefined for a comment that is not one of ours. */
export function parseRoleComment(comment: string): RoleComment | undefined {
  const found = /^sallyport 1 session=([0-9a-f-]{36}) until=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/.exec(comment);
  const until = Date.parse(found?.[2] ?? '');
  return found?.[1] === undefined || Number.isNaN(until) ? undefined : { session: found[1], until };
}
