import type { Grant } from '../../core/index.js';

/** Snowflake keeps 2,000 characters of a query tag. */
const maxTagLength = 2_000;

/**
 * The query tag: by it the account's own history names session, statement, principal, actor and trace. JSON; what is
 * too long is left out, ids never.
 */
export function formatQueryTag(
  { session, identity }: Grant,
  statement?: { readonly id: string; readonly trace: string | undefined },
): string {
  const ids = {
    app: 'sallyport',
    session,
    ...(statement === undefined ? {} : { statement: statement.id }),
    ...(statement?.trace === undefined ? {} : { trace: statement.trace }),
  };
  const people = { principal: identity.principal.id, actor: identity.actor.id };
  const whole = JSON.stringify({ ...ids, ...people });
  return whole.length <= maxTagLength ? whole : JSON.stringify(ids);
}
