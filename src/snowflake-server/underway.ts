import { setTimeout as wait } from 'node:timers/promises';

/** What a query is answered with: its data, or that it is still under way. */
export interface QueryAnswer {
  /** `333333` while it runs, `333334` where nobody waits for it. */
  readonly code: '333333' | '333334' | null;
  readonly data: object;
}

/** Queries that take longer than a request may, or that were sent off to be fetched later. */
export class Underway {
  readonly #answerMs: number;
  readonly #all = new Map<string, Promise<object>>();

  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  /** The result, or where to fetch it from; it is forgotten when it was handed out. Throws Failure. */
  async answer(queryId: string, work: Promise<object>, detached = false): Promise<QueryAnswer> {
    this.#all.set(queryId, work);
    work.catch(() => undefined);
    if (detached) return pending('333334', queryId);
    const stop = new AbortController();
    const late = wait(this.#answerMs, undefined, { signal: stop.signal }).catch(() => undefined).then(() => pending('333333', queryId));
    try {
      const first = await Promise.race([work.then((data): QueryAnswer => ({ code: null, data })), late]);
      if (first.code === null) this.#all.delete(queryId);
      return first;
    } catch (error) {
      this.#all.delete(queryId);
      throw error;
    } finally {
      stop.abort();
    }
  }

  /** Once more; undefined where nobody knows of it. Throws Failure. */
  async again(queryId: string): Promise<QueryAnswer | undefined> {
    const work = this.#all.get(queryId);
    return work === undefined ? undefined : this.answer(queryId, work);
  }
}

function pending(code: '333333' | '333334', queryId: string): QueryAnswer {
  return { code, data: { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null } };
}
