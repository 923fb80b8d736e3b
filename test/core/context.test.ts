import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ocsf } from '../../src/adapters/ocsf/index.js';
import type { AuditEvent, Json, Plugin } from '../../src/core/index.js';
import { limitRecordedContext } from '../../src/core/plugins/recorded-context.js';
import { codeOf, house, rowsOf, valueOf } from './test-gateway.js';

type Facts = Readonly<Record<string, Json>>;

const tells = (name: string, facts: unknown): Plugin => ({ name, setup: (host) => host.inform(() => facts as Facts) });
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const markOf = (facts: unknown): object => ({
  omitted: { bytes: bytesOf(facts), sha256: createHash('sha256').update(JSON.stringify(facts)).digest('hex') },
});
/** Facts whose JSON has so many bytes. */
const sized = (bytes: number): Facts => ({ text: 'x'.repeat(bytes - bytesOf({ text: '' })) });
const ofStatement = (events: readonly AuditEvent[]): readonly AuditEvent[] =>
  events.filter(({ statement }) => statement !== undefined);

describe('what plugins tell, in the record', () => {
  it('is there whole, and what is too much for an event is told by its size and digest; everybody else gets it all', async () => {
    const long = { list: Array.from({ length: 3_000 }, (_, index) => `é${index}`) };
    const seen: unknown[] = [];
    const looks: Plugin = {
      name: 'looks',
      setup: (host) => host.guard('scope', ({ moment, context }) => void (moment === 'run' && seen.push(context))),
    };
    const { session, run, audit } = await house({
      plugins: [tells('crm', long), tells('trace', { id: '4bf92f35' }), looks],
    });
    expect(await rowsOf(valueOf(await run(await session())))).toHaveLength(2);
    expect(ofStatement(audit.events).map(({ code, data }) => [code, data['context']])).toEqual(
      ['statement.authorized', 'statement.executed'].map((code) => [
        code,
        { crm: markOf(long), trace: { id: '4bf92f35' } },
      ]),
    );
    expect(seen).toEqual([{ crm: long, trace: { id: '4bf92f35' } }]);
  });

  it('has its bound at 16,384 bytes of JSON, all plugins together; the largest give way', async () => {
    const [whole, over] = [sized(16_384), sized(16_385)];
    expect(await limitRecordedContext({ one: whole })).toEqual({ one: whole });
    expect(await limitRecordedContext({ one: over })).toEqual({ one: markOf(over) });
    const [half, more] = [sized(8_192), sized(8_193)];
    expect(await limitRecordedContext({ one: half, other: half })).toEqual({ one: half, other: half });
    expect(await limitRecordedContext({ one: more, other: half })).toEqual({ one: markOf(more), other: half });
  });

  it('never exceeds the bound, and never drops anything without a mark', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.stringMatching(/^[a-z]{1,8}$/),
          fc.record({ text: fc.string({ maxLength: 50, unit: 'grapheme' }), times: fc.integer({ min: 0, max: 600 }) }),
          { maxKeys: 12 },
        ),
        async (given) => {
          const context = Object.fromEntries(
            Object.entries(given).map(([name, { text, times }]) => [name, { text: text.repeat(times) }]),
          );
          const recorded = await limitRecordedContext(context);
          expect(Object.keys(recorded)).toEqual(Object.keys(context));
          const kept = Object.keys(context).filter((name) => recorded[name]?.['omitted'] === undefined);
          expect(kept.reduce((sum, name) => sum + bytesOf(context[name]), 0)).toBeLessThanOrEqual(16_384);
          for (const name of Object.keys(context))
            expect(isDeepStrictEqual(recorded[name], kept.includes(name) ? context[name] : markOf(context[name]))).toBe(
              true,
            );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaves an event far below what any receiver takes, however many plugins tell however much', async () => {
    const plugins = Array.from({ length: 50 }, (_, index) =>
      tells(`plugin-${index}`, { text: '\u0007😀'.repeat(200 * index) }),
    );
    const { session, run, audit } = await house({ plugins });
    valueOf(await run(await session()));
    const format = ocsf({ authority: 'gate-1' });
    for (const event of audit.events)
      expect(Buffer.byteLength(format.write(event, format.begin()).lines.join('\n'))).toBeLessThan(65_536);
  });

  it.each<[string, unknown]>([
    ['no number', { value: Number.NaN }],
    ['endless', { value: [1, Number.POSITIVE_INFINITY] }],
    ['a bigint', { deep: { value: 1n } }],
    ['a hole in a list', { list: ['a', undefined] }],
  ])("what JSON has no form for (%s) fails the request by the plugin's name, not the record", async (_what, facts) => {
    const { open, audit } = await house({ plugins: [tells('crm', facts)] });
    const outcome = await open();
    expect([codeOf(outcome), (outcome as unknown as { error: Error }).error.message]).toEqual([
      'PLUGIN_FAILED',
      'plugin crm failed in inform',
    ]);
    expect(audit.events.at(-1)).toMatchObject({
      code: 'session.failed',
      data: { code: 'PLUGIN_FAILED', at: 'identity', plugin: 'crm', verb: 'inform' },
    });
  });

  it('an undefined member is as good as none', async () => {
    const { session, audit } = await house({ plugins: [tells('crm', { a: 1, b: undefined })] });
    await session();
    expect(JSON.stringify(audit.events[1]?.data['context'])).toBe('{"crm":{"a":1}}');
  });
});
