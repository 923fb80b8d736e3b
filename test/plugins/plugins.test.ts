import { describe, expect, it } from 'vitest';
import { businessHours, freeze, onDenied, requireReason, type DeniedNotice } from '../../src/plugins/index.js';
import { codeOf, house } from '../core/test-gateway.js';

const at = (iso: string) => () => Date.parse(iso);
const invalid = (make: () => unknown) => expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));

describe('businessHours', () => {
  it.each([
    ['Europe/Paris', '2026-07-06T05:59:59Z', 'GUARDED'],
    ['Europe/Paris', '2026-07-06T06:00:00Z', 'completed'],
    ['Europe/Paris', '2026-01-05T06:59:59Z', 'GUARDED'],
    ['Europe/Paris', '2026-01-05T07:00:00Z', 'completed'],
    ['Europe/Paris', '2026-07-06T16:00:00Z', 'GUARDED'],
    ['Asia/Kolkata', '2026-07-06T02:30:00Z', 'completed'],
    ['Pacific/Auckland', '2026-07-05T21:00:00Z', 'completed'],
    ['America/New_York', '2026-07-11T15:00:00Z', 'GUARDED'],
    ['UTC', '2026-07-06T00:00:00Z', 'GUARDED'],
    ['UTC', 'not a time', 'PLUGIN_FAILED'],
  ])('%s at %s: %s', async (timeZone, iso, end) => {
    const { open, gateway } = await house({ plugins: [businessHours({ timeZone, access: ['read'], now: at(iso) })] });
    const outcome = await open();
    expect(outcome.status === 'completed' ? 'completed' : codeOf(outcome)).toBe(end);
    await gateway.shutdown();
  });

  it('holds a statement of a session that was opened in time', async () => {
    let now = Date.parse('2026-07-06T12:00:00Z');
    const { session, run, gateway } = await house({
      plugins: [businessHours({ timeZone: 'UTC', access: ['read'], now: () => now })],
    });
    const id = await session();
    now = Date.parse('2026-07-06T18:00:00Z');
    expect(codeOf(await run(id))).toBe('GUARDED');
    await gateway.shutdown();
  });

  it('leaves read alone unless told', async () => {
    const { open, gateway } = await house({
      plugins: [businessHours({ timeZone: 'UTC', now: at('2026-07-05T03:00:00Z') })],
    });
    expect((await open()).status).toBe('completed');
    await gateway.shutdown();
  });

  it('refuses options that cannot be', () => {
    invalid(() => businessHours({ timeZone: 'Mars/Olympus' }));
    invalid(() => businessHours({ timeZone: undefined as unknown as string }));
    invalid(() => businessHours({ timeZone: 'UTC', from: 18, to: 8 }));
    invalid(() => businessHours({ timeZone: 'UTC', from: Number.NaN }));
    invalid(() => businessHours({ timeZone: 'UTC', days: [] }));
    invalid(() => businessHours({ timeZone: 'UTC', access: [] }));
  });
});

describe('requireReason', () => {
  it('asks for a ticket, each time alike', async () => {
    const { open, gateway } = await house({ plugins: [requireReason({ pattern: /\bOPS-\d{1,9}\b/gy, minLength: 5 })] });
    for (const reason of ['OPS-1234 stuck order', 'OPS-1234 stuck order'])
      expect((await open({ reason })).status).toBe('completed');
    expect(codeOf(await open({ reason: 'because I want to' }))).toBe('GUARDED');
    expect(codeOf(await open({ reason: '  x         ' }))).toBe('GUARDED');
    await gateway.shutdown();
  });

  it('counts what is seen', async () => {
    const { open, gateway } = await house({ plugins: [requireReason()] });
    for (const reason of [
      `a${'\u200B'.repeat(20)}`,
      `a${' '.repeat(20)}b`,
      `ab${'\u3164'.repeat(20)}`,
      `a${'\u2800'.repeat(20)}b`,
      `a b${'\u00AD'.repeat(20)}`,
    ])
      expect(codeOf(await open({ reason }))).toBe('GUARDED');
    for (const reason of ['stuck order', '注文が止まっているので調べる', '\u200Fבדיקת הזמנות'])
      expect((await open({ reason })).status).toBe('completed');
    await gateway.shutdown();
  });

  it('refuses options that cannot be', () => {
    invalid(() => requireReason({ minLength: 0 }));
    invalid(() => requireReason({ pattern: 'OPS' as unknown as RegExp }));
  });
});

describe('freeze', () => {
  it.each([
    [false, 'completed'],
    [true, 'GUARDED'],
    [undefined, 'GUARDED'],
    [0, 'GUARDED'],
  ])('%s: %s', async (answer, end) => {
    let frozen: unknown = false;
    const { session, run, gateway } = await house({ plugins: [freeze({ frozen: () => frozen as boolean })] });
    const id = await session();
    frozen = answer;
    const outcome = await run(id);
    expect(outcome.status === 'completed' ? 'completed' : codeOf(outcome)).toBe(end);
    await gateway.shutdown();
  });

  it('fails the request when the switch cannot be read', async () => {
    const { open, gateway } = await house({ plugins: [freeze({ frozen: () => Promise.reject(new Error('down')) })] });
    expect(codeOf(await open())).toBe('PLUGIN_FAILED');
    await gateway.shutdown();
  });

  it('needs a switch', () => invalid(() => freeze({} as never)));
});

describe('onDenied', () => {
  it('tells of denials only', async () => {
    const told: DeniedNotice[] = [];
    const { session, run, gateway } = await house({ plugins: [onDenied((notice) => told.push(notice))] });
    const id = await session();
    await run(id);
    await run(id, 'DELETE orders');
    expect(told).toMatchObject([{ what: 'statement', code: 'READ_ONLY_SESSION', watched: { session: id } }]);
    await gateway.shutdown();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('mail is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('mail is down'))],
    ['hangs', () => new Promise(() => undefined)],
  ])('stays neutral when it %s', async (_, notify) => {
    const { session, run, gateway } = await house({ plugins: [onDenied(notify)] });
    expect(codeOf(await run(await session(), 'DELETE orders'))).toBe('READ_ONLY_SESSION');
    await gateway.shutdown();
  });

  it('needs a function', () => invalid(() => onDenied(undefined as never)));
});
