import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  ParserThreadEvents,
  StartParserThread,
} from '../../../../src/adapters/snowflake-sql/parsers/parser-thread.js';
import { startThread } from '../../../../src/adapters/snowflake-sql/parsers/parser-thread.js';
import {
  createParserPool,
  type ParserPoolOptions,
} from '../../../../src/adapters/snowflake-sql/parsers/parser-pool.js';
import type { ParserPool, ReadResult } from '../../../../src/adapters/snowflake-sql/parsers/reading.js';
import { shown } from './support.js';

const open: ParserPool[] = [];
const never = (): AbortSignal => new AbortController().signal;

function readers(options?: ParserPoolOptions, start?: StartParserThread): ParserPool {
  const made = createParserPool(options, start);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A host that does what a real one cannot be made to do, and counts its lives. */
function faulty(
  behave: (events: ParserThreadEvents, canonical: string, life: number) => void,
  load: (events: ParserThreadEvents, life: number) => void = (events) => events.onReady(),
) {
  const seen = { started: 0, ended: 0, asked: [] as string[] };
  const start: StartParserThread = (events) => {
    const life = ++seen.started;
    setImmediate(() => load(events, life));
    return {
      read: (canonical) => {
        seen.asked.push(canonical);
        setImmediate(() => behave(events, canonical, life));
      },
      getWorkedMs: () => Infinity,
      end: async () => {
        seen.ended++;
      },
    };
  };
  return { start, seen };
}

const answer: ReadResult = {
  ok: true,
  reading: { statements: 1, root: 'SELECT', reads: [], writes: [], functions: [] },
};

describe('the pool, in real threads', () => {
  it('reads many at once, each with its own answer', async () => {
    const pool = readers({ size: 2 });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => pool.read(`select * from t${n} join u using (x)`, never())),
    );
    expect(answers.map((each) => each.ok && each.reading.reads.map(shown))).toEqual(
      Array.from({ length: 200 }, (_, n) => [`T${n}`, 'U']),
    );
  });

  it('survives a trap inside a parser: the text is refused, the thread replaced, the next read', async () => {
    const pool = readers({ size: 1 });
    expect(await pool.read(`select 1 ${'and a = 1 '.repeat(3_000)}`, never())).toEqual({
      ok: false,
      why: 'crashed',
      detail: 'sqlparser failed inside',
    });
    expect(await pool.read('select 1 from t', never())).toMatchObject({ ok: true });
  });

  it('ends a thread that does not answer in time and starts another', async () => {
    let lives = 0;
    const stuck: StartParserThread = (events) => {
      lives++;
      return lives > 1 ? startThread(events) : { ...startThread(events), read: () => {}, getWorkedMs: () => Infinity };
    };
    const pool = readers({ size: 1, timeoutMs: 300 }, stuck);
    expect(await pool.read('select 1 from t', never())).toEqual({
      ok: false,
      why: 'timeout',
      detail: 'not read within 300 ms',
    });
    expect(await pool.read('select 1 from t', never())).toMatchObject({ ok: true });
    expect(lives).toBe(2);
  });

  it('never holds up the event loop, not even while it starts', async () => {
    const pool = readers({ size: 2 });
    let turns = 0;
    let beat = setImmediate(function again() {
      turns += 1;
      beat = setImmediate(again);
    });
    const wide = `select ${Array.from({ length: 200 }, (_, n) => `coalesce(a${n}, ${n}) as c${n}`).join(', ')} from t`;
    const answers = await Promise.all(Array.from({ length: 60 }, () => pool.read(wide, never())));
    clearImmediate(beat);
    expect(answers.every((each) => each.ok)).toBe(true);
    // Read in this thread, each would let the loop go round a few times; beside it, the loop goes round thousands of
    // times for each, the more the longer it takes.
    expect(turns).toBeGreaterThan(answers.length * 50);
  });

  it('holds the process while a reading is awaited, and no longer', async () => {
    const module = new URL('../../../../src/adapters/snowflake-sql/parsers/parser-pool.ts', import.meta.url).href;
    const script = `import { createParserPool } from ${JSON.stringify(module)};
      const { ok } = await createParserPool().read('select 1 from t', new AbortController().signal);
      console.log('read', ok);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { timeout: 20_000 },
    );
    expect(stdout.trim()).toBe('read true');
  });
});

describe('the pool, with faults', () => {
  const own = new Error("Cannot find module '/app/worker.js'");

  it('blames the text where a thread ran out of memory over it, and nobody where a thread never takes it up', async () => {
    const { start } = faulty((events) =>
      events.onExit(Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })),
    );
    expect(await readers({ size: 1 }, start).read('a', never())).toEqual({
      ok: false,
      why: 'crashed',
      detail: 'a parser ran out of memory',
    });
  });

  it('settles every read when its thread dies, and starts another for what waits', async () => {
    const { start, seen } = faulty((events, canonical) =>
      canonical === 'die' ? events.onExit(own) : events.onAnswer(answer),
    );
    const pool = readers({ size: 1 }, start);
    const [died, lived] = await Promise.all([pool.read('die', never()), pool.read('live', never())]);
    expect([died, lived]).toEqual([
      { ok: false, why: 'unavailable', detail: 'a parser thread ended', cause: own },
      answer,
    ]);
    expect(seen).toMatchObject({ started: 2, ended: 1 });
  });

  it('refuses what waits when threads cannot start, and tries again for the next', async () => {
    const { start, seen } = faulty(
      (events) => events.onAnswer(answer),
      (events, life) => (life === 1 ? events.onExit(own) : events.onReady()),
    );
    const pool = readers({ size: 1 }, start);
    const refused = { ok: false, why: 'unavailable', detail: 'the parsers do not start', cause: own };
    expect(await Promise.all([pool.read('a', never()), pool.read('b', never())])).toEqual([refused, refused]);
    expect(await pool.read('c', never())).toEqual(answer);
    expect(seen.started).toBe(2);
  });

  it('ignores an answer that comes after its end', async () => {
    let tooLate: (() => void) | undefined;
    const { start } = faulty((events, canonical, life) => {
      if (life === 1) tooLate = () => events.onAnswer(answer);
      else events.onAnswer({ ok: false, why: 'unparsed', detail: canonical });
    });
    const pool = readers({ size: 1, timeoutMs: 20 }, start);
    const late = pool.read('late', never());
    const next = pool.read('next', never());
    expect(await late).toMatchObject({ why: 'timeout' });
    tooLate?.();
    expect(await next).toMatchObject({ why: 'unparsed', detail: 'next' });
  });

  it('lets an answer through that was only waiting behind a blocked loop', async () => {
    const { start } = faulty((events) => {
      const until = performance.now() + 80;
      while (performance.now() < until);
      setImmediate(() => events.onAnswer(answer));
    });
    expect(await readers({ size: 1, timeoutMs: 20 }, start).read('a', never())).toEqual(answer);
  });

  it('does not blame a text that its thread has not taken up yet', async () => {
    const { start, seen } = faulty((events) => setTimeout(() => events.onAnswer(answer), 80));
    const slow: StartParserThread = (events) => ({ ...start(events), getWorkedMs: () => 0 });
    expect(await readers({ size: 1, timeoutMs: 20 }, slow).read('a', never())).toEqual(answer);
    expect(seen).toMatchObject({ started: 1, ended: 0 });
  });

  it('gives a young thread more time, but not without end', async () => {
    const { start } = faulty(() => {});
    const since = performance.now();
    const counting: StartParserThread = (events) => ({
      ...start(events),
      getWorkedMs: () => performance.now() - since,
    });
    const pool = readers({ size: 1, timeoutMs: 20 }, counting);
    expect(await pool.read('a', never())).toMatchObject({ ok: false, why: 'timeout' });
    expect(performance.now() - since).toBeGreaterThan(79);
  });

  it('starts no thread before the first read, and no more than its size', async () => {
    const { start, seen } = faulty((events) => setTimeout(() => events.onAnswer(answer), 5));
    const pool = readers({ size: 3 }, start);
    expect(seen.started).toBe(0);
    await Promise.all(Array.from({ length: 50 }, (_, n) => pool.read(String(n), never())));
    expect(seen.started).toBe(3);
    expect(seen.asked).toHaveLength(50);
  });

  it('settles at once when the caller goes away, and does not ask for what nobody waits for', async () => {
    const { start, seen } = faulty((events) => setTimeout(() => events.onAnswer(answer), 30));
    const pool = readers({ size: 1 }, start);
    const caller = new AbortController();
    const busy = pool.read('busy', never());
    const waiting = pool.read('waiting', caller.signal);
    caller.abort();
    const gone = { ok: false, why: 'timeout', detail: 'the caller went away' };
    expect(await waiting).toEqual(gone);
    expect(await pool.read('late', caller.signal)).toEqual(gone);
    expect(await busy).toEqual(answer);
    expect(await pool.read('after', never())).toEqual(answer);
    expect(seen.asked).toEqual(['busy', 'after']);
  });

  it('keeps its thread when the caller of a running read goes away', async () => {
    const { start, seen } = faulty((events) => setTimeout(() => events.onAnswer(answer), 20));
    const pool = readers({ size: 1 }, start);
    const caller = new AbortController();
    const running = pool.read('running', caller.signal);
    setTimeout(() => caller.abort(), 5);
    expect(await running).toMatchObject({ why: 'timeout' });
    expect(await pool.read('next', never())).toEqual(answer);
    expect(seen).toMatchObject({ started: 1, ended: 0 });
  });

  it('lets no more than a thousand wait', async () => {
    const { start } = faulty((events) => events.onAnswer(answer));
    const pool = readers({ size: 1 }, start);
    const all = await Promise.all(Array.from({ length: 1_100 }, (_, n) => pool.read(String(n), never())));
    expect(all.filter((each) => each.ok)).toHaveLength(1_000);
    expect(all.at(-1)).toEqual({ ok: false, why: 'unavailable', detail: 'too many statements are waiting' });
  });

  it('answers every read after it is closed, also those that were running', async () => {
    const { start, seen } = faulty(() => {});
    const pool = readers({ size: 1 }, start);
    const pending = [pool.read('running', never()), pool.read('waiting', never())];
    await new Promise((resolve) => setTimeout(resolve, 20));
    await pool.close();
    const closed = { ok: false, why: 'unavailable', detail: 'the parsers are closed' };
    expect(await Promise.all([...pending, pool.read('later', never())])).toEqual([closed, closed, closed]);
    expect(seen).toMatchObject({ started: 1, ended: 1 });
  });
});
