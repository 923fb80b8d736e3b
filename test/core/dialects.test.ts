import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryAnalyzer, memoryEngine } from '../../src/adapters/memory/index.js';
import { AccessError, type Analyzer, type Connector, type EngineStatement } from '../../src/core/index.js';
import { codeOf, finance, house, ops, valueOf } from './test-gateway.js';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Renders by naming the dialect in front. */
function rendering(asked: (string | undefined)[] = []): Analyzer {
  const inner = memoryAnalyzer();
  return {
    dialects: ['one', 'other'],
    analyze: async (sql, scope, signal, dialect) => {
      asked.push(dialect);
      const analysis = await inner.analyze(sql, scope, signal);
      const text = `${dialect}: ${analysis.canonical}`;
      return { ...analysis, rendered: { text, digest: digestOf(text) } };
    },
  };
}

function disagrees(): never {
  throw new AccessError('ENGINE_DISAGREES', undefined, {
    detail: { reason: 'kind', expected: 'read', found: 'DELETE' },
  });
}

function engineOf(sent: EngineStatement[], dialect?: string): Connector {
  const engine = memoryEngine([ops, finance], (statement) => {
    sent.push(statement);
    return { columns: ['ID'], rows: [[1]] };
  });
  return dialect === undefined ? engine : { ...engine, dialect };
}

describe('the dialect of an engine', () => {
  it('is what the analyzer renders for: the engine gets that text, and the record the digests of both', async () => {
    const [sent, asked]: [EngineStatement[], (string | undefined)[]] = [[], []];
    const { session, run, audit } = await house({
      connections: { warehouse: engineOf(sent, 'other') },
      analyzer: rendering(asked),
    });
    valueOf(await run(await session(), 'SELECT orders'));
    expect(asked).toEqual(['other']);
    expect(sent).toMatchObject([{ text: 'other: SELECT orders', canonical: 'SELECT orders' }]);
    const told = audit.events
      .filter(({ code }) => code.startsWith('statement.'))
      .map(({ data }) => [data['digest'], data['renderedDigest']]);
    expect(told).toEqual(
      Array.from({ length: 2 }, () => [digestOf('SELECT orders'), digestOf('other: SELECT orders')]),
    );
  });

  it('is what all dialects read alike for an engine that names none, and the record repeats no digest where one text is sent as it was judged', async () => {
    const [sent, asked]: [EngineStatement[], (string | undefined)[]] = [[], []];
    const { session, run } = await house({ connections: { warehouse: engineOf(sent) }, analyzer: rendering(asked) });
    valueOf(await run(await session(), 'SELECT orders'));
    expect([asked, sent[0]?.text]).toEqual([['portable'], 'portable: SELECT orders']);
    const plain = await house({ connections: { warehouse: engineOf(sent) } });
    valueOf(await plain.run(await plain.session(), 'SELECT orders'));
    expect(sent[1]?.text).toBe('SELECT orders');
    expect(plain.audit.events.some(({ data }) => 'renderedDigest' in data)).toBe(false);
  });

  it.each([['unknown'], [''], ['ONE']])(
    'that the analyzer does not know (%j) stops the gateway from starting',
    async (dialect) => {
      for (const analyzer of [rendering(), memoryAnalyzer()]) {
        await expect(house({ connections: { warehouse: engineOf([], dialect) }, analyzer })).rejects.toMatchObject({
          code: 'CONFIG_INVALID',
        });
      }
    },
  );

  it.each([[{ text: '', digest: 'd' }], [{ text: 'x' }], ['x'], [null]])(
    'takes no rendering of another shape (%j) for one',
    async (rendered) => {
      const inner = memoryAnalyzer();
      const analyzer = {
        analyze: async (...[sql, scope, signal]: Parameters<Analyzer['analyze']>) => ({
          ...(await inner.analyze(sql, scope, signal)),
          rendered,
        }),
      } as unknown as Analyzer;
      const { session, run, engine } = await house({ analyzer });
      expect(codeOf(await run(await session()))).toBe('ANALYSIS_UNAVAILABLE');
      expect(engine.ran).toEqual([]);
    },
  );
});

describe('an engine that reads a statement otherwise', () => {
  it('is told to the operator and the record, and the session goes on', async () => {
    const { session, run, audit } = await house({}, ({ canonical }) =>
      canonical === 'SELECT other' ? disagrees() : { columns: ['ID'], rows: [[1]] },
    );
    const id = await session();
    const outcome = await run(id, 'SELECT other');
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'ENGINE_DISAGREES', retryable: false } });
    const events = audit.events.filter(({ statement }) => statement === outcome.id);
    expect(events.map(({ code }) => code)).toEqual(['statement.authorized', 'engine.disagrees', 'statement.failed']);
    expect(events[1]).toMatchObject({ session: id, data: { reason: 'kind', expected: 'read', found: 'DELETE' } });
    expect(events[2]?.data).toMatchObject({ code: 'ENGINE_DISAGREES', at: 'execute' });
    expect(codeOf(await run(id))).toBe('completed');
  });
});
