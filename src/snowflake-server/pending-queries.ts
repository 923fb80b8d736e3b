import { setTimeout as wait } from 'node:timers/promises';

/** What a query is answered with: its data, or that it is still under way. */
export interface QueryAnswer {
  /** `333333` while it runs, `333334` where nobody waits for it. */
  readonly code: '333333' | '333334' | null;
  readonly data: object;
}

/** Queries that take longer than a request may, or that were sent off to be fetched later. */
export class PendingQueries {
  readonly #answerMs: number;
  readonly #queries = new Map<string, Promise<object>>();

  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  /** The result, or where to fetch it from; it is forgotten when it was handed out. Throws Failure. */
  async waitForResult(queryId: string, work: Promise<object>, detached = false): Promise<QueryAnswer> {
    this.#queries.set(queryId, work);
    work.catch(() => undefined);
    if (detached) return createPendingAnswer('333334', queryId);
    const stop = new AbortController();
    const late = wait(this.#answerMs, undefined, { signal: stop.signal })
      .catch(() => undefined)
      .then(() => createPendingAnswer('333333', queryId));
    try {
      const first = await Promise.race([work.then((data): QueryAnswer => ({ code: null, data })), late]);
      if (first.code === null) this.#queries.delete(queryId);
      return first;
    } catch (error) {
      this.#queries.delete(queryId);
      throw error;
    } finally {
      stop.abort();
    }
  }

  /** Once more; undefined where nobody knows of it. Throws Failure. */
  async resume(queryId: string): Promise<QueryAnswer | undefined> {
    const work = this.#queries.get(queryId);
    return work === undefined ? undefined : this.waitForResult(queryId, work);
  }
}

function createPendingAnswer(code: '333333' | '333334', queryId: string): QueryAnswer {
  return {
    code,
    data: { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null },
  };
}
