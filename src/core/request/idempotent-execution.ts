import { raceSignal } from '../async/abort-signal.js';
import { hashValues } from '../approvals/binding.js';
import type { Clock } from '../async/clock.js';
import { createDeferred } from '../async/deferred.js';
import { AccessError } from '../errors.js';
import type { StatementResult } from '../gateway.js';
import type { Identified, Json } from '../model.js';
import { deny, type Denied, type Stop } from '../outcome.js';
import type { Claim, StoredOutcome, IdempotencyStore, ClaimResolution } from './idempotency-store.js';
import type { Row } from '../ports.js';
import type { Sessions } from '../session/sessions.js';
import { setSessionFacts } from './stages/scope.js';
import { isStopped, type RequestContext } from './context.js';

/** How long one waits for the first request of the same name, milliseconds. */
const maxWaitMs = 30_000;

export interface IdempotentExecutionParts {
  readonly keys: IdempotencyStore;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

type RunStatement = () => Promise<StatementResult>;

/**
 * Runs a statement at most once for each ticket and each idempotency key that it is asked with: asked again, it is
 * answered with what became of it.
 */
export class IdempotentExecution {
  readonly #parts: IdempotentExecutionParts;

  constructor(parts: IdempotentExecutionParts) {
    this.#parts = parts;
  }

  async run(facts: Identified<'run'>, context: RequestContext, run: RunStatement): Promise<StatementResult | Stop> {
    const { sessions, clock, keys } = this.#parts;
    const session = sessions.find(facts.asked.session, facts.identity);
    let names = listClaimNames(facts);
    if (names.length === 0) return run();
    if (session === undefined) return denyUnknownSession();
    setSessionFacts(session, context);
    const bytes = await hashValues(facts.asked.statement.sql, facts.asked.statement.binds);
    for (const until = clock.monotonic() + maxWaitMs; ;) {
      const claim = names.length === 0 ? freeClaim : await keys.claim(session.id, names, bytes);
      if (claim.state === 'first') return this.#runFirst(session.id, names, context, run);
      if (claim.state === 'known') return replayOutcome(claim.outcome, claim.name, context);
      if (claim.state === 'free') return run();
      // Without room a ticket is still used once: who keeps tickets sees to that.
      if (claim.state === 'full') return facts.idempotencyKey === undefined ? run() : denyStoreFull();
      if (claim.state === 'other') {
        if (claim.name.startsWith(keyPrefix)) return denyKeyReused();
        // A ticket that was used for other bytes: who keeps tickets says what differs.
        names = names.filter((name) => name !== claim.name);
        continue;
      }
      const left = until - clock.monotonic();
      if (left <= 0) return denyInProgress();
      await this.#waitForFirst(claim, left, context.signal);
    }
  }

  /** Forgets a session that is over, where the room is needed. */
  releaseSession(session: string): Promise<void> {
    return this.#parts.keys.release(session);
  }

  async #runFirst(
    session: string,
    names: readonly string[],
    context: RequestContext,
    run: RunStatement,
  ): Promise<StatementResult> {
    const settle = async (of: (name: string) => ClaimResolution): Promise<void> => {
      for (const name of names) await this.#parts.keys.resolve(session, name, of(name));
    };
    try {
      const ran = await run();
      const { statement, kind, operation, queryId, affected } = ran;
      const outcome: StoredOutcome = {
        end: 'executed',
        statement,
        kind,
        operation,
        queryId,
        ...(affected === undefined ? {} : { affected }),
      };
      // What only read may be read again under the same key; a ticket is spent in any case.
      await settle((name) => (kind === 'write' || kind === 'ddl' || !name.startsWith(keyPrefix) ? outcome : 'free'));
      return ran;
    } catch (thrown) {
      await settle((name) => resolveClaim(thrown, name, context));
      throw thrown;
    }
  }

  /** Resolves when the first one ended, or the time is over. Rejects when the caller leaves. */
  async #waitForFirst({ ended }: Extract<Claim, { state: 'running' }>, ms: number, signal: AbortSignal): Promise<void> {
    const time = createDeferred();
    const forget = this.#parts.clock.after(ms, time.resolve);
    try {
      await raceSignal(Promise.race([ended, time.promise]), signal);
    } finally {
      forget();
    }
  }
}

const keyPrefix = 'key:';
const freeClaim = { state: 'free' } as const;

function listClaimNames({ ticket, idempotencyKey }: Identified<'run'>): readonly string[] {
  return [
    ...(ticket === undefined ? [] : [`ticket:${ticket}`]),
    ...(idempotencyKey === undefined ? [] : [`${keyPrefix}${idempotencyKey}`]),
  ];
}

/**
 * How a request that did not complete leaves a name: a denial is not remembered, nor what had no effect, but a ticket
 * that was spent is.
 */
function resolveClaim(thrown: unknown, name: string, { id, eventFacts: seen }: RequestContext): ClaimResolution {
  if (isStopped(thrown, 'pending')) return name.startsWith(keyPrefix) ? 'bound' : 'free';
  const code = AccessError.is(thrown) ? thrown.code : 'INTERNAL';
  if (AccessError.is(thrown) && code === 'OUTCOME_UNKNOWN')
    return { end: 'unknown', statement: id, detail: thrown.detail };
  return !name.startsWith(keyPrefix) && seen.approval !== undefined ? { end: 'none', statement: id, code } : 'free';
}

/** Tells again what became of a statement. Its rows are not kept. */
async function replayOutcome(
  outcome: StoredOutcome,
  name: string,
  context: RequestContext,
): Promise<StatementResult | Denied> {
  if (outcome.end === 'none') {
    return deny('APPROVAL_EXPIRED', `The ticket was used, and nothing came of it: ${outcome.code}.`, {
      reason: 'approval.spent',
      hint: 'Ask again without a ticket.',
    });
  }
  const { end, statement } = outcome;
  const told: Readonly<Record<string, Json>> = {
    of: statement,
    end,
    by: name.startsWith(keyPrefix) ? 'key' : 'ticket',
  };
  if (outcome.end === 'unknown') {
    await context.recordOutcome('statement.replayed', told);
    throw new AccessError('OUTCOME_UNKNOWN', undefined, { detail: { ...outcome.detail, statement } });
  }
  const { kind, operation, queryId, affected } = outcome;
  await context.recordOutcome('statement.replayed', { ...told, kind, operation });
  const delivered = Object.freeze({ rows: 0, bytes: 0, truncated: false });
  return {
    statement,
    kind,
    operation,
    queryId,
    columns: [],
    ...(affected === undefined ? {} : { affected }),
    replayed: true,
    batches: streamNoRows(),
    deliver: async () => delivered,
    recount: async () => undefined,
    delivery: () => delivered,
  };
}

async function* streamNoRows(): AsyncGenerator<readonly Row[]> {
  // Rows are not kept.
}

/** After a restart nothing is known here of the session, nor of what was asked in it before. */
function denyUnknownSession(): Denied {
  return deny('NOT_FOUND', undefined, {
    reason: 'session.unknown',
    hint: 'An earlier request with this key or ticket may have run: look in the record of that session before you ask the same in another one.',
  });
}

function denyKeyReused(): Denied {
  return deny('INVALID_REQUEST', 'The idempotency key was used for another statement in this session.', {
    reason: 'key.reused',
    hint: 'Use a new key for each new statement, and the same one only to ask the same again.',
  });
}

function denyInProgress(): Denied {
  return deny('SESSION_BUSY', 'The first request with this key or ticket still runs.', {
    reason: 'key.in_progress',
    hint: 'Ask again with the same key or ticket in a while: it does not run twice.',
  });
}

function denyStoreFull(): Denied {
  return deny('SESSION_BUSY', 'More idempotency keys cannot be kept now.', {
    reason: 'key.full',
    hint: 'Open a new session.',
  });
}
