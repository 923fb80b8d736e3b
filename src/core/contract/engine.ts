import { expectCode, expectThat, type ContractCase } from './case.js';
import { cutCases } from './engine-cuts.js';
import { createNameCases } from './engine-names.js';
import {
  readAllRows,
  createStatement,
  type DefineCase,
  type EngineSample,
  type EngineSubject,
  type RunSample,
  type EngineCaseBody,
} from './engine-subject.js';

/**
 * The promises of `Connector` and `EngineSession`, one case each; cases for samples that were left out are left out.
 */
export function engineContract(subject: EngineSubject): readonly ContractCase[] {
  const contract = (name: string, use: EngineCaseBody): ContractCase => ({
    name,
    run: () => withSession(subject, use),
  });
  return [
    ...createResultCases(subject, contract),
    ...createCatalogueCases(subject, contract),
    ...createEndCases(subject, contract),
    ...createNameCases(subject, contract),
  ];
}

function createResultCases(
  { few, many, failing, write, multiple, late }: EngineSubject,
  contract: DefineCase,
): ContractCase[] {
  const cases = [
    contract('names its engine in lower case and offers a schema', async (_run, _session, connector) => {
      expectThat(/^[a-z][a-z0-9_.]*$/.test(connector.engine), 'engine must be a lower-case name');
      expectThat(connector.schemas.length > 0, 'no schema is offered');
    }),
    contract('answers with named, typed columns and rows in their order', async (run) => {
      const execution = await run(few);
      expectThat(execution.queryId !== '', 'queryId is empty');
      expectThat(
        isSameJson(
          execution.columns.map((each) => each.name),
          few.columns,
        ),
        'column names differ',
      );
      expectThat(
        execution.columns.every((each) => each.type !== ''),
        'a column has no type',
      );
      expectThat(isSameJson(await readAllRows(execution), few.rows), 'rows differ');
    }),
    contract('gives every execution its own query id', async (run) => {
      const [first, second] = [await run(few), await run(few)];
      expectThat(first.queryId !== second.queryId, 'a query id was used twice');
    }),
    contract('rejects a failing statement without repeating it, and goes on', async (run) => {
      const error = await run(failing)
        .then(readAllRows)
        .then(
          () => undefined,
          (thrown: unknown) => thrown as Error & { code?: unknown },
        );
      expectThat(error?.code === 'ENGINE_REJECTED', 'the failing statement must end in ENGINE_REJECTED');
      expectThat(
        failing.secret === undefined || !collectErrorText(error).includes(failing.secret),
        'the error repeats text of the statement',
      );
      expectThat(isSameJson(await readAllRows(await run(few)), few.rows), 'the session does not go on after a failure');
    }),
  ];
  if (late !== undefined) {
    cases.push(
      contract('ends a result that breaks off with an error', async (run) => {
        const whole = await run(late)
          .then(readAllRows)
          .then(
            () => true,
            () => false,
          );
        expectThat(!whole, 'a result that broke off ended as if it were whole');
        expectThat(
          isSameJson(await readAllRows(await run(few)), few.rows),
          'the session does not go on after a result that broke off',
        );
      }),
    );
  }
  if (many !== undefined) cases.push(...createStreamCases(many, few, contract));
  if (write !== undefined) {
    cases.push(
      contract('counts the rows a write changed', async (run) => {
        const execution = await run({ kind: 'write', ...write });
        await readAllRows(execution);
        expectThat(execution.affected === write.affected, `affected is ${String(execution.affected)}`);
      }),
    );
  }
  if (multiple !== undefined)
    cases.push(
      contract('runs exactly one statement', (run) => expectCode(run(multiple).then(readAllRows), 'ENGINE_REJECTED')),
    );
  return cases;
}

function createStreamCases(
  many: EngineSample & { readonly count: number },
  few: EngineSubject['few'],
  contract: DefineCase,
): ContractCase[] {
  return [
    contract('streams many rows in several batches', async (run) => {
      let [batches, rows] = [0, 0];
      for await (const batch of (await run(many)).batches) [batches, rows] = [batches + 1, rows + batch.length];
      expectThat(rows === many.count, `${rows} rows came`);
      expectThat(batches > 1, 'all rows came in one batch');
    }),
    contract('lets go of rows nobody wants', async (run) => {
      for await (const batch of (await run(many)).batches) if (batch.length > 0) break;
      await run(many);
      expectThat(
        isSameJson(await readAllRows(await run(few)), few.rows),
        'an unfinished result disturbs the next statement',
      );
    }),
    ...cutCases(many, contract),
  ];
}

function createCatalogueCases({ catalogue, few }: EngineSubject, contract: DefineCase): ContractCase[] {
  if (catalogue === undefined) return [];
  const asking = { id: 'catalogue', timeLeftMs: 60_000 };
  return [
    contract('describes the granted schema, and goes on', async (run, session) => {
      const told = await session.describe?.(asking, new AbortController().signal);
      expectThat(told !== undefined && told.queryId !== '', 'queryId is empty');
      expectThat(isSameJson(told?.objects, catalogue), `the catalogue differs: ${JSON.stringify(told?.objects)}`);
      expectThat(
        isSameJson(await readAllRows(await run(few)), few.rows),
        'a look into the catalogue disturbs the next statement',
      );
    }),
    contract(
      'describes nothing for a signal that is aborted already, nor in a closed session',
      async (_run, session) => {
        const refused = async (signal: AbortSignal): Promise<boolean> =>
          Promise.resolve(session.describe?.(asking, signal)).then(
            () => false,
            () => true,
          );
        expectThat(await refused(AbortSignal.abort()), 'the catalogue was read although the signal was aborted');
        await session.close();
        expectThat(await refused(new AbortController().signal), 'the catalogue was read in a closed session');
      },
    ),
  ];
}

function createEndCases({ few, slow, grant }: EngineSubject, contract: DefineCase): ContractCase[] {
  const cases = [
    contract('runs nothing for a signal that is aborted already', async (run) => {
      const thrown = await run(few, AbortSignal.abort())
        .then(readAllRows)
        .then(
          () => false,
          () => true,
        );
      expectThat(thrown, 'a statement ran although its signal was aborted');
    }),
    contract('closes twice, and runs nothing afterwards', async (run, session) => {
      await session.close();
      await session.close();
      const thrown = await run(few)
        .then(readAllRows)
        .then(
          () => false,
          () => true,
        );
      expectThat(thrown, 'a statement ran in a closed session');
    }),
    contract('keeps sessions apart', async (run, session, connector) => {
      const other = await connector.open(grant, new AbortController().signal);
      expectThat(other.id !== session.id, 'two sessions have one id');
      await other.close();
      expectThat(isSameJson(await readAllRows(await run(few)), few.rows), 'closing one session disturbs another');
    }),
  ];
  if (slow === undefined) return cases;
  return [
    ...cases,
    contract('cancels on abort, and goes on', async (run) => {
      await expectSoon(expectFailure(run, slow, AbortSignal.timeout(100)), 'the statement was not cancelled');
      expectThat(isSameJson(await readAllRows(await run(few)), few.rows), 'the session does not go on after a cancel');
    }),
    contract('close ends what is running', async (run, session) => {
      const running = expectFailure(run, slow);
      await pause(100);
      await expectSoon(session.close(), 'close hangs');
      await expectSoon(running, 'the statement outlives its session');
    }),
  ];
}

async function withSession(subject: EngineSubject, use: EngineCaseBody): Promise<void> {
  const connector = await subject.connector();
  const session = await connector.open(subject.grant, new AbortController().signal);
  let count = 0;
  const run: RunSample = (sample, signal = new AbortController().signal, timeLeftMs = 60_000) =>
    session.run(createStatement(sample, ++count, timeLeftMs), signal);
  try {
    await use(run, session, connector);
  } finally {
    await session.close();
    await connector.close?.();
  }
}

/** Settles when the statement has failed; rejects when it succeeds. */
async function expectFailure(run: RunSample, sample: EngineSample, signal?: AbortSignal): Promise<void> {
  const failed = await run(sample, signal)
    .then(readAllRows)
    .then(
      () => false,
      () => true,
    );
  expectThat(failed, 'the slow statement ended by itself');
}

async function expectSoon(promise: Promise<void>, message: string): Promise<void> {
  const late = Symbol('late');
  expectThat((await Promise.race([promise, pause(5000).then(() => late)])) !== late, message);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isSameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function collectErrorText(error: Error & { detail?: unknown }): string {
  return `${error.message} ${String(error.stack)} ${JSON.stringify(error.detail ?? null)} ${(error.cause as Error | undefined)?.message ?? ''}`;
}
