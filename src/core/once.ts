import { abortable } from './abort.js';
import { digestOf } from './approvals/bound.js';
import type { Clock } from './clock.js';
import { deferred } from './deferred.js';
import { AccessError } from './errors.js';
import type { StatementResult } from './gateway.js';
import type { Identified, Json } from './model.js';
import { deny, type Denied, type Stop } from './outcome.js';
import type { Claim, KnownOutcome, OutcomeKeys, Settled } from './outcome-keys.js';
import type { Row } from './ports.js';
import type { Sessions } from './sessions.js';
import { seeSession } from './stages/scope.js';
import { isStopped, type Trip } from './trip.js';

/** How long one waits for the first request of the same name, milliseconds. */
const longestWaitMs = 30_000;

export interface OnceParts {
  readonly keys: OutcomeKeys;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

type Run = () => Promise<StatementResult>;

/** Runs a statement at most once for each ticket and each idempotency key that it is asked with: asked again, it is answered with what became of it. */
export class Once {
  readonly #parts: OnceParts;

  constructor(parts: OnceParts) {
    this.#parts = parts;
  }

  async run(facts: Identified<'run'>, trip: Trip, run: Run): Promise<StatementResult | Stop> {
    const { sessions, clock, keys } = this.#parts;
    const session = sessions.find(facts.asked.session, facts.identity);
    let names = namesOf(facts);
    if (names.length === 0) return run();
    if (session === undefined) return forgotten();
    seeSession(session, trip);
    const bytes = await digestOf(facts.asked.statement.sql, facts.asked.statement.binds);
    for (const until = clock.monotonic() + longestWaitMs; ;) {
      const claim = names.length === 0 ? free : await keys.claim(session.id, names, bytes);
      if (claim.state === 'first') return this.#first(session.id, names, trip, run);
      if (claim.state === 'known') return replay(claim.outcome, claim.name, trip);
      if (claim.state === 'free') return run();
      // Without room a ticket is still used once: who keeps tickets sees to that.
      if (claim.state === 'full') return facts.idempotencyKey === undefined ? run() : full();
      if (claim.state === 'other') {
        if (claim.name.startsWith(keyed)) return reused();
        // A ticket that was used for other bytes: who keeps tickets says what differs.
        names = names.filter((name) => name !== claim.name);
        continue;
      }
      const left = until - clock.monotonic();
      if (left <= 0) return inProgress();
      await this.#ended(claim, left, trip.signal);
    }
  }

  /** Forgets a session that is over, where the room is needed. */
  over(session: string): Promise<void> {
    return this.#parts.keys.release(session);
  }

  async #first(session: string, names: readonly string[], trip: Trip, run: Run): Promise<StatementResult> {
    const settle = async (of: (name: string) => Settled): Promise<void> => {
      for (const name of names) await this.#parts.keys.settle(session, name, of(name));
    };
    try {
      const ran = await run();
      const { statement, kind, operation, queryId, affected } = ran;
      const outcome: KnownOutcome = { end: 'executed', statement, kind, operation, queryId, ...(affected === undefined ? {} : { affected }) };
      // What only read may be read again under the same key; a ticket is spent in any case.
      await settle((name) => (kind === 'write' || kind === 'ddl' || !name.startsWith(keyed) ? outcome : 'free'));
      return ran;
    } catch (thrown) {
      await settle((name) => leftBy(thrown, name, trip));
      throw thrown;
    }
  }

  /** Resolves when the first one ended, or the time is over. Rejects when the caller leaves. */
  async #ended({ ended }: Extract<Claim, { state: 'running' }>, ms: number, signal: AbortSignal): Promise<void> {
    const time = deferred();
    const forget = this.#parts.clock.after(ms, time.resolve);
    try {
      await abortable(Promise.race([ended, time.promise]), signal);
    } finally {
      forget();
    }
  }
}

const keyed = 'key:';
const free = { state: 'free' } as const;

function namesOf({ ticket, idempotencyKey }: Identified<'run'>): readonly string[] {
  return [...(ticket === undefined ? [] : [`ticket:${ticket}`]), ...(idempotencyKey === undefined ? [] : [`${keyed}${idempotencyKey}`])];
}

/** How a request that did not complete leaves a name: a denial is not remembered, nor what had no effect, but a ticket that was spent is. */
function leftBy(thrown: unknown, name: string, { id, seen }: Trip): Settled {
  if (isStopped(thrown, 'pending')) return name.startsWith(keyed) ? 'bound' : 'free';
  const code = AccessError.is(thrown) ? thrown.code : 'INTERNAL';
  if (AccessError.is(thrown) && code === 'OUTCOME_UNKNOWN') return { end: 'unknown', statement: id, detail: thrown.detail };
  return !name.startsWith(keyed) && seen.approval !== undefined ? { end: 'none', statement: id, code } : 'free';
}

/** Tells again what became of a statement. Its rows are not kept. */
async function replay(outcome: KnownOutcome, name: string, trip: Trip): Promise<StatementResult | Denied> {
  if (outcome.end === 'none') {
    return deny('APPROVAL_EXPIRED', `The ticket was used, and nothing came of it: ${outcome.code}.`, { reason: 'approval.spent', hint: 'Ask again without a ticket.' });
  }
  const { end, statement } = outcome;
  const told: Readonly<Record<string, Json>> = { of: statement, end, by: name.startsWith(keyed) ? 'key' : 'ticket' };
  if (outcome.end === 'unknown') {
    await trip.answer('statement.replayed', told);
    throw new AccessError('OUTCOME_UNKNOWN', undefined, { detail: { ...outcome.detail, statement } });
  }
  const { kind, operation, queryId, affected } = outcome;
  await trip.answer('statement.replayed', { ...told, kind, operation });
  const delivered = Object.freeze({ rows: 0, bytes: 0, truncated: false });
  return {
    statement, kind, operation, queryId, columns: [], ...(affected === undefined ? {} : { affected }), replayed: true,
    batches: nothing(), deliver: async () => delivered, recount: async () => undefined, delivery: () => delivered,
  };
}

async function* nothing(): AsyncGenerator<readonly Row[]> {
  // Rows are not kept.
}

/** After a restart nothing is known here of the session, nor of what was asked in it before. */
function forgotten(): Denied {
  return deny('NOT_FOUND', undefined, { reason: 'session.unknown', hint: 'An earlier request with this key or ticket may have run: look in the record of that session before you ask the same in another one.' });
}

function reused(): Denied {
  return deny('INVALID_REQUEST', 'The idempotency key was used for another statement in this session.', { reason: 'key.reused', hint: 'Use a new key for each new statement, and the same one only to ask the same again.' });
}

function inProgress(): Denied {
  return deny('SESSION_BUSY', 'The first request with this key or ticket still runs.', { reason: 'key.in_progress', hint: 'Ask again with the same key or ticket in a while: it does not run twice.' });
}

function full(): Denied {
  return deny('SESSION_BUSY', 'More idempotency keys cannot be kept now.', { reason: 'key.full', hint: 'Open a new session.' });
}
