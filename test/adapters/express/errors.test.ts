import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpStatuses } from '../../../src/http/server/status.js';
import {
  AccessError,
  denials,
  deny,
  faults,
  type DenialCode,
  type FaultCode,
  type Gateway,
  type Outcome,
} from '../../../src/core/index.js';
import { mount } from './test-hosts.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const table = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const codes = [...Object.keys(denials), ...Object.keys(faults)];

describe('docs/errors.md', () => {
  it('names every code, once, in the order of the source, and no other', () => {
    expect(table.map(([code]) => code)).toEqual(codes.map((code) => `\`${code}\``));
  });

  it('says what the source says', () => {
    const denied = Object.entries(denials).map(([code, means]) => [
      code,
      String(httpStatuses[code as DenialCode].status),
      means,
    ]);
    const failed = Object.entries(faults).map(([code, { retryable, means }]) => [
      code,
      String(httpStatuses[code as FaultCode].status),
      retryable ? 'yes' : 'no',
      means,
    ]);
    expect(table.map((row) => row.slice(0, -1))).toEqual(
      [...denied, ...failed].map(([code, ...rest]) => [`\`${code}\``, ...rest]),
    );
  });

  it('tells what to do about each', () => {
    for (const row of table) expect((row.at(-1) as string).length, row[0]).toBeGreaterThan(5);
  });
});

describe('the table of statuses', () => {
  it('has every code and no other', () => {
    expect(Object.keys(httpStatuses)).toEqual(codes);
  });

  it('says when to come back wherever coming back may help, and only there', () => {
    for (const [code, { retryable }] of Object.entries(faults)) {
      const { status, retryAfter } = httpStatuses[code as FaultCode];
      expect([code, status === 503, retryAfter !== undefined]).toEqual([code, retryable, retryable]);
    }
  });
});

type Ended = { readonly status: 'denied' | 'failed' } & Partial<Outcome<never>>;

/** A gateway that always ends like this: not every fault can be provoked. */
async function answering(outcome: Ended) {
  const gateway = {
    run: () => undefined,
    connections: async () => ({ ...outcome, at: 'scope', id: '0190-id' }),
  } as unknown as Gateway;
  return (await mount(gateway)).ask('GET', '/connections');
}

describe('a problem', () => {
  it.each(Object.keys(denials) as DenialCode[])('says %s', async (code) => {
    const { status, headers, json } = await answering(deny(code, 'this time', { reason: 'a.reason', hint: 'a hint' }));
    expect(json).toEqual({
      type: `urn:sallyport:problem:${code}`,
      title: denials[code],
      status: httpStatuses[code].status,
      detail: 'this time',
      code,
      reason: 'a.reason',
      hint: 'a hint',
      instance: 'urn:uuid:0190-id',
    });
    expect([status, headers.get('content-type'), headers.get('retry-after')]).toEqual([
      httpStatuses[code].status,
      'application/problem+json',
      httpStatuses[code].retryAfter?.toString() ?? null,
    ]);
    expect(headers.has('www-authenticate')).toBe(status === 401);
  });

  it.each(Object.keys(faults) as FaultCode[])('says %s, and of a 500 nothing more', async (code) => {
    const error = new AccessError(code, 'this time', { detail: { engineCode: 'X1' }, cause: new Error('the cause') });
    const { status, json, text } = await answering({ status: 'failed', error });
    const open = httpStatuses[code].status !== 500;
    const means = faults[code].means;
    expect(json).toEqual({
      type: `urn:sallyport:problem:${code}`,
      title: means,
      status: httpStatuses[code].status,
      detail: open ? 'this time' : means,
      code,
      ...(open ? { data: { engineCode: 'X1' } } : {}),
      instance: 'urn:uuid:0190-id',
    });
    expect(status).toBe(httpStatuses[code].status);
    expect(text).not.toContain('the cause');
  });
});
