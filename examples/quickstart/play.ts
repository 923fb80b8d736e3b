import { caller } from './caller.js';
import type { Place } from './place.js';
import { printRecord, type RecordedEvent } from './record.js';
import { say, styled, table, type TableCell } from './terminal.js';
import { reviewerToken, tokenOnBehalfOf } from './tokens.js';

const pending = `SELECT order_id, status FROM ops.orders WHERE status = 'pending'`;

const cleanup = `DELETE FROM ops.orders WHERE status = 'cancelled'`;

interface Held {
  readonly ticket: string;
}

interface Approval extends Held {
  readonly digest: string;
  readonly actor: { readonly id: string };
  readonly principal: { readonly id: string };
  readonly reason: string;
  readonly statement: { readonly kind: string; readonly canonical: string; readonly writes: readonly string[] };
}

interface Rows {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly TableCell[])[];
}

interface Session {
  readonly id: string;
  readonly schema: string;
  readonly access: string;
  readonly state: string;
  readonly expiresAt: string | number;
}

interface Connections {
  readonly connections: readonly {
    readonly name: string;
    readonly engine: string;
    readonly schemas: readonly { readonly schema: string; readonly access: readonly string[] }[];
  }[];
}

/** The loop, as any HTTP client would go through it. Throws Trouble at the first answer that is not as it should be. */
export async function play(place: Place): Promise<void> {
  const ask = caller(place.mount, await signIn(place));

  title('2. What may it ask for?');
  const { connections } = await ask<Connections>({ method: 'GET', path: '/connections', expect: 200 });
  const offers = connections.flatMap(({ name, engine, schemas }) =>
    schemas.map(({ schema, access }) => [name, engine, schema, access.join(', ')]),
  );
  say(table(['connection', 'engine', 'schema', 'access'], offers), 5);

  title('3. It opens a session: one schema, five minutes, a reason');
  const session = await ask<Session>({
    method: 'POST',
    path: '/sessions',
    expect: 201,
    body: {
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      ttl: 300,
      reason: 'Clear the backlog of pending orders',
    },
  });
  const statements = `/sessions/${session.id}/statements`;

  title('4. It runs a query: rows');
  const { columns, rows } = await ask<Rows>({ method: 'POST', path: statements, expect: 200, body: { sql: pending } });
  say(
    `${table(
      columns.map(({ name }) => name),
      rows,
      6,
    )}\n${rows.length} rows`,
    5,
  );

  title('5. It reaches for another schema: refused');
  await ask({
    method: 'POST',
    path: statements,
    expect: 403,
    code: 'OUT_OF_SCOPE',
    body: { sql: 'SELECT team, monthly_salary FROM finance.payroll' },
  });

  title('6. It wants to delete: held, because a person must agree');
  const { ticket } = await ask<Held>({ method: 'POST', path: statements, expect: 202, body: { sql: cleanup } });
  say(table(['status', 'ticket'], [['pending', ticket]]), 5);

  title('7. Bob, who reviews, signs in, looks at exactly what would run, and agrees');
  await agree(place, ticket);

  title('8. The agent asks again with the ticket: it runs, once');
  const { affected } = await ask<{ readonly affected?: number }>({
    method: 'POST',
    path: statements,
    expect: 200,
    body: { sql: cleanup, ticket },
  });
  say(`${affected ?? 0} rows deleted`, 5);
  const again = await ask<{ readonly replayed?: true }>({
    method: 'POST',
    path: statements,
    expect: 200,
    body: { sql: cleanup, ticket },
  });
  say(again.replayed === true ? 'told again what became of it: it did not run twice' : 'it ran twice', 5);

  title('9. It closes the session');
  const closed = await ask<Session>({ method: 'DELETE', path: `/sessions/${session.id}`, expect: 200 });
  say(`session ${closed.state}`, 5);

  title('10. The same query again: the session is closed');
  await ask({ method: 'POST', path: statements, expect: 410, code: 'SESSION_CLOSED', body: { sql: pending } });

  title('11. The record: who did what, for whom, and how it ended');
  const { events } = await ask<{ events: readonly RecordedEvent[] }>({
    method: 'GET',
    path: `/sessions/${session.id}/record`,
    expect: 200,
  });
  printRecord(events);
}

/** A person's part, as any client of the REST mount would play it. */
async function agree({ issuer, redirectUri, mount }: Place, ticket: string): Promise<void> {
  const ask = caller(mount, (await reviewerToken(issuer, 'bob', redirectUri)).value);
  const { digest, actor, principal, reason, statement } = await ask<Approval>({
    method: 'GET',
    path: `/approvals/${ticket}`,
    expect: 200,
  });
  say(
    table(
      ['kind', 'writes', 'actor', 'for', 'its own words'],
      [[statement.kind, statement.writes.join(', '), actor.id, principal.id, reason]],
    ),
    5,
  );
  say(statement.canonical, 5);
  await ask({
    method: 'POST',
    path: `/approvals/${ticket}/decision`,
    expect: 200,
    body: { decision: 'approve', digest, comment: 'Checked with the warehouse.' },
  });
}

async function signIn({ issuer, directory, redirectUri, mount }: Place): Promise<string> {
  const { orders } = directory.agents;
  title(`1. Alice signs in, and ${orders.id} gets a token to work for her`);
  const { value, claims } = await tokenOnBehalfOf(issuer, orders, 'alice', redirectUri);
  say(`${styled('bold', `POST ${issuer}/token`)}\n${styled('dim', 'grant_type:')} authorization_code (with PKCE)`, 3);
  say(`→ ${styled('green', '200 OK')}`, 3);
  const act = claims['act'] as { sub?: string } | undefined;
  say(
    table(
      ['token', 'sub (principal)', 'act.sub (actor)', 'aud'],
      [[`${value.slice(0, 10)}…`, String(claims['sub']), act?.sub, mount]],
    ),
    5,
  );
  return value;
}

function title(text: string): void {
  say(`\n${styled('bold', text)}`);
}
