import type { Mind, Step, Told } from './loop.js';

const opening = { connection: 'warehouse', schema: 'ACME.OPS', ttl: 300 };

function step(tool: string, args: Step['args'] = {}): Step {
  return { tool, args };
}

/**
 * What a good agent does with "what are cancelled orders worth, and clear them away", without a model: looks, asks, is
 * refused, does not insist, asks a person, closes.
 */
export async function* script(): Mind {
  yield step('list_connections');
  const reading = sessionOf(
    yield step('open_session', {
      ...opening,
      access: 'read',
      reason: 'What are the cancelled orders worth? Asked by Alice',
    }),
  );
  yield step('describe_scope', { session: reading });
  const counted = yield step('run_statement', {
    session: reading,
    sql: 'SELECT COUNT(*) AS orders, SUM(amount) AS worth FROM ops.orders WHERE status = ?',
    binds: ['cancelled'],
  });
  const refused = yield step('run_statement', {
    session: reading,
    sql: 'SELECT team, monthly_salary FROM finance.payroll',
  });
  yield step('close_session', { session: reading });

  const writing = sessionOf(
    yield step('open_session', {
      ...opening,
      access: 'write',
      reason: 'Clear away the cancelled orders. Asked by Alice',
    }),
  );
  const clearing = { session: writing, sql: `DELETE FROM ops.orders WHERE status = 'cancelled'` };
  yield step('explain_statement', clearing);
  let cleared = yield step('run_statement', clearing);
  const { ticket } = (cleared.data['pending'] ?? {}) as { readonly ticket?: string };
  // A client that opens pages has waited already; another is given a ticket to come back with.
  if (ticket !== undefined) cleared = yield step('run_statement', { ...clearing, ticket });
  yield step('session_record', { session: writing });
  yield step('close_session', { session: writing });
  return answer(counted, refused, cleared);
}

function sessionOf({ data, text }: Told): string {
  const { id } = (data['session'] ?? {}) as { readonly id?: string };
  if (id === undefined) throw new Error(text);
  return id;
}

function answer(counted: Told, refused: Told, cleared: Told): string {
  const { rows } = counted.data['result'] as { readonly rows: readonly (readonly unknown[])[] };
  const [orders, worth] = rows[0] ?? [];
  const { code } = (refused.data['problem'] ?? {}) as { readonly code?: string };
  const { affected } = (cleared.data['result'] ?? {}) as { readonly affected?: number };
  const done =
    affected === undefined
      ? 'They are still there: nobody agreed to clear them away.'
      : `${affected} of them were cleared away, with a person's consent.`;
  return `${String(orders)} orders were cancelled, worth ${String(worth)}. ${done} Salaries were not to be had (${code ?? 'no reason'}), and I did not insist.`;
}
