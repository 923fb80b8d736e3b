import { AccessError } from '../errors.js';
import type { EngineSession } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';
import type { DefineCase, EngineSample, RunSample } from './engine-subject.js';

type Many = EngineSample & { readonly count: number };
const rounds = [1, 2, 3, 4, 5, 6];

/**
 * Cases on results whose session is closed, whose signal aborts or whose time is over while their rows are fetched: they end
 * in an error, or all of them came.
 */
export function cutCases(many: Many, contract: DefineCase): ContractCase[] {
  return [
    ...rounds.map((round) =>
      contract(`never ends a cut result as whole: close, round ${round}`, (run, session) =>
        expectCutTold(run, many, () => session.close(), round),
      ),
    ),
    ...rounds.map((round) =>
      contract(`never ends a cut result as whole: abort, round ${round}`, (run) => {
        const stop = new AbortController();
        return expectCutTold(
          (sample) => run(sample, stop.signal),
          many,
          () => stop.abort(),
          round,
        );
      }),
    ),
    ...rounds.map((round) =>
      contract(`never ends a cut result as whole: deadline, round ${round}`, (run, session) => {
        const stop = new AbortController();
        return expectCutTold(
          (sample) => run(sample, stop.signal, round * 2),
          many,
          () => expire(stop, session),
          round,
        );
      }),
    ),
    contract('never ends a cut result as whole: deadline between two batches', (run, session) =>
      expectLateTold(run, many, session),
    ),
    contract('never ends a cut result as whole: a deadline that only the statement tells', (run) =>
      expectLateTold(run, many),
    ),
  ];
}

/** Cuts a result while its rows are fetched. */
async function expectCutTold(
  run: (sample: Many) => ReturnType<RunSample>,
  many: Many,
  cut: () => void | Promise<void>,
  round: number,
): Promise<void> {
  let rows = 0;
  const reading = (async () => {
    for await (const batch of (await run(many)).batches) rows += batch.length;
  })().then(
    () => true,
    () => false,
  );
  await pause(round * 2);
  await cut();
  expectTold(await reading, rows, many);
}

/**
 * Lets the deadline pass after the first rows came, and fetches the others then. Without a session nobody but the
 * engine itself can know of it.
 */
async function expectLateTold(run: RunSample, many: Many, session?: EngineSession): Promise<void> {
  const stop = new AbortController();
  const timeLeftMs = 1_500;
  const over = pause(timeLeftMs);
  let rows = 0;
  const whole = await (async () => {
    for await (const batch of (await run(many, stop.signal, timeLeftMs)).batches) {
      if (rows === 0) await over.then(() => (session === undefined ? undefined : expire(stop, session)));
      rows += batch.length;
    }
  })().then(
    () => true,
    () => false,
  );
  expectTold(whole, rows, many);
}

function expectTold(whole: boolean, rows: number, { count }: Many): void {
  expectThat(!whole || rows === count, `${rows} of ${count} rows came, and the result ended as if it were whole`);
}

/**
 * What a gateway does when a session's expired: the running statement is aborted, and the session closed without
 * waiting for it.
 */
function expire(stop: AbortController, session: EngineSession): Promise<void> {
  stop.abort(new AccessError('SESSION_EXPIRED'));
  return session.close();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
