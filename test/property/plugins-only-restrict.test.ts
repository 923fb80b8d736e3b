import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deny, type Denied, type FactsAfter, type Identified, type Plugin } from '../../src/core/index.js';
import { as, codeOf, house, rowsOf } from '../core/test-gateway.js';

type Verdict = 'pass' | 'deny' | 'throw' | 'forge' | 'null' | 'truthy';
const verdicts = fc.constantFrom<Verdict[]>('pass', 'pass', 'deny', 'throw', 'forge', 'null', 'truthy');

function answerOf(verdict: Verdict): Denied | undefined {
  if (verdict === 'deny') return deny('GUARDED', 'no');
  if (verdict === 'throw') throw new Error('a plugin broke');
  if (verdict === 'forge') return { status: 'completed', effect: 'permit', value: 'yes' } as unknown as Denied;
  if (verdict === 'null') return null as unknown as Denied;
  return verdict === 'truthy' ? (true as unknown as Denied) : undefined;
}

/** Tries to change what it is shown; every attempt must fail. */
function tamper(facts: object): void {
  const target = facts as Record<string, unknown>;
  for (const attempt of [
    () => {
      target['identity'] = { principal: { id: 'idp:writer' } };
    },
    () => {
      (target['identity'] as { principal: { id: string } }).principal.id = 'idp:writer';
    },
    () => {
      (target['decision'] as { obligations: unknown[] }).obligations.push({ type: 'x', value: 1 });
    },
    () => {
      delete target['asked'];
    },
    () => {
      Object.setPrototypeOf(target, { scope: 'all' });
    },
  ])
    expect(attempt).toThrow(TypeError);
}

const stages = ['identity', 'scope', 'approval'] as const satisfies readonly (keyof FactsAfter)[];
const guards = fc.array(fc.record({ after: fc.constantFrom(...stages), verdict: verdicts }), { maxLength: 4 });
const asked = fc.constantFrom('SELECT orders', 'SELECT acme.finance.payroll', 'INSERT orders', 'nonsense here');

describe('plugins', () => {
  it('only narrow: what they do never turns a no into a yes', async () => {
    await fc.assert(
      fc.asyncProperty(guards, asked, async (plan, sql) => {
        const bare = await house();
        const without = codeOf(await bare.run(await bare.session(), sql));
        const seen: string[] = [];
        let armed = false;
        const plugin: Plugin = {
          name: 'random',
          setup(host) {
            for (const { after, verdict } of plan) {
              host.guard(after, (facts) => {
                if (!armed) return undefined;
                seen.push(after);
                tamper(facts);
                return answerOf(verdict);
              });
            }
          },
        };
        const { run, session, engine, audit } = await house({ plugins: [plugin] });
        const id = await session();
        armed = true;
        const outcome = await run(id, sql);
        const refusing = plan.some(({ after, verdict }) => verdict !== 'pass' && seen.includes(after));
        if (outcome.status === 'completed') await rowsOf(outcome.value);
        expect(codeOf(outcome) === 'completed').toBe(without === 'completed' && !refusing);
        expect(engine.ran).toHaveLength(codeOf(outcome) === 'completed' ? 1 : 0);
        expect(audit.events.filter((event) => event.statement === outcome.id)).toHaveLength(
          codeOf(outcome) === 'completed' ? 2 : 1,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('inform adds facts under its own name only, and they reach policy and the record', async () => {
    let question: unknown;
    const informing: Plugin = {
      name: 'ticketing',
      setup: (host) => host.inform(() => ({ ticket: 'CHG-1', identity: 'idp:writer' })),
    };
    const { audit, session } = await house({
      plugins: [informing],
      policy: {
        version: 'v',
        decide: async (asking) => {
          question = asking;
          return { effect: 'permit', rules: ['r'], policyVersion: 'v', obligations: [] };
        },
      },
    });
    await session();
    expect(question).toMatchObject({
      identity: { principal: { id: 'idp:agent-a' } },
      context: { ticketing: { ticket: 'CHG-1' } },
    });
    expect(audit.events.at(-1)?.data['context']).toEqual({ ticketing: { ticket: 'CHG-1', identity: 'idp:writer' } });
  });

  it.each<[string, unknown]>([
    ['a function', { f: () => 1 }],
    ['a class instance', new Date()],
    ['a throw', undefined],
  ])('inform that answers with %s fails the request', async (_name, value) => {
    const plugin: Plugin = {
      name: 'odd',
      setup: (host) =>
        host.inform((_facts: Identified) => {
          if (value === undefined) throw new Error('broke');
          return value as Record<string, string>;
        }),
    };
    const { open, engine } = await house({ plugins: [plugin] });
    expect(codeOf(await open())).toBe('PLUGIN_FAILED');
    expect(engine.live()).toBe(0);
  });

  it('cannot register after setup, nor twice under one name', async () => {
    let keep: Parameters<Plugin['setup']>[0] | undefined;
    await house({
      plugins: [
        {
          name: 'greedy',
          setup: (host) => {
            keep = host;
          },
        },
      ],
    });
    for (const call of [
      () => keep?.observe(() => undefined),
      () => keep?.guard('scope', () => undefined),
      () => keep?.inform(() => ({})),
      () => keep?.fulfil('x', ({ sql }) => sql),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'PLUGIN_SEALED' }));
    }
    const twin: Plugin = { name: 'twin', setup: () => undefined };
    await expect(house({ plugins: [twin, twin] })).rejects.toMatchObject({ code: 'CONFIG_DUPLICATE' });
  });

  it.each<[string, Plugin, string]>([
    ['no name', { name: '', setup: () => undefined }, 'CONFIG_INVALID'],
    ['a name that is a trap', { name: '__proto__', setup: () => undefined }, 'CONFIG_INVALID'],
    ['an observer that is none', { name: 'p', setup: (host) => host.observe(undefined as never) }, 'CONFIG_INVALID'],
    [
      'a guard after nothing',
      { name: 'p', setup: (host) => host.guard('toString' as never, () => undefined) },
      'CONFIG_INVALID',
    ],
    [
      "an obligation that is the gateway's own",
      { name: 'p', setup: (host) => host.fulfil('max_rows', ({ sql }) => sql) },
      'CONFIG_DUPLICATE',
    ],
    [
      'a setup that throws',
      {
        name: 'p',
        setup: () => {
          throw new Error('no');
        },
      },
      'PLUGIN_FAILED',
    ],
  ])('with %s are refused at the start, and what others opened is closed', async (_name, plugin, code) => {
    const closed: string[] = [];
    const first: Plugin = { name: 'first', setup: (host) => host.onClose(() => void closed.push('first')) };
    await expect(house({ plugins: [first, plugin] })).rejects.toMatchObject({ code });
    expect(closed).toEqual(['first']);
  });

  it('that do not heed the signal do not hold the request', async () => {
    let armed = false;
    const leave = new AbortController();
    const silence = (): Promise<undefined> => (queueMicrotask(() => leave.abort()), new Promise(() => undefined));
    const deaf: Plugin = { name: 'deaf', setup: (host) => host.guard('scope', () => (armed ? silence() : undefined)) };
    const { run, session, engine } = await house({ plugins: [deaf] });
    const id = await session();
    armed = true;
    expect(codeOf(await run(id, 'SELECT orders', 'token-a', leave.signal))).toBe('ABORTED');
    expect(engine.ran).toEqual([]);
  });

  it('have their words cut to a fair length, and nothing else of theirs is passed on', async () => {
    const chatty: Plugin = {
      name: 'chatty',
      setup: (host) =>
        host.guard(
          'identity',
          () =>
            ({
              ...deny('GUARDED', 'm'.repeat(10_000), { reason: 'not a reason', hint: 'h'.repeat(10_000) }),
              secret: 'x',
            }) as Denied,
        ),
    };
    const { gateway } = await house({ plugins: [chatty] });
    const outcome = await gateway.connections(as('token-a'));
    expect(outcome).toMatchObject({ reason: 'plugin.chatty', message: 'm'.repeat(500), hint: 'h'.repeat(500) });
    expect(outcome).not.toHaveProperty('secret');
  });

  it('a denial of a guard names its plugin and asks nothing of the caller by another code', async () => {
    const plugin: Plugin = {
      name: 'strict',
      setup: (host) => host.guard('identity', () => deny('NOT_FOUND', 'out of hours')),
    };
    const { gateway } = await house({ plugins: [plugin] });
    const outcome = await gateway.connections(as('token-a'));
    expect(outcome).toMatchObject({
      status: 'denied',
      code: 'GUARDED',
      reason: 'plugin.strict',
      message: 'out of hours',
    });
  });
});
