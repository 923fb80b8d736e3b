import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import type { AuditEvent } from '../../../src/core/index.js';

const hmac = { id: 'k1', secret: new Uint8Array(32) };

const lineOf = (level: 'metadata' | 'redacted' | 'full', data: AuditEvent['data'], text?: string): readonly string[] => {
  const format = ocsf({ level, authority: 'gate-1', hmac });
  const event = { id: 'i', code: 'statement.authorized', at: 1, instance: 'x', session: 's', statement: 't', data, ...(text === undefined ? {} : { text }) } as const;
  return format.write(event, format.begin()).lines;
};

const hmacOf = (digest: string, secret = hmac.secret) => {
  const format = ocsf({ authority: 'a', hmac: { id: 'k', secret } });
  return format.read(format.write({ id: 'i', code: 'statement.authorized', at: 1, instance: 'x', data: { digest } }, format.begin()).lines[0] as string)?.event?.data['sql_hmac'];
};

describe('how much is written', () => {
  it('the writer\'s own level caps the policy\'s', () => {
    const data = { kind: 'read', sql: 'SELECT ?', recorded: 'full', digest: 'd'.repeat(64) };
    expect(lineOf('metadata', data, 'SELECT secret').join()).not.toMatch(/SELECT/);
    expect(lineOf('redacted', data, 'SELECT secret').join()).not.toMatch(/secret/);
    expect(lineOf('full', data, 'SELECT secret')).toHaveLength(2);
    expect(lineOf('full', data, 'SELECT secret')[1]).not.toMatch(/secret/);
  });

  it('equal statements have equal HMACs, others not, and another key gives others', () => {
    expect(hmacOf('a')).toBe(hmacOf('a'));
    expect(hmacOf('a')).not.toBe(hmacOf('b'));
    expect(hmacOf('a')).not.toBe(hmacOf('a', new Uint8Array(32).fill(1)));
  });

  it('no plain digest is written, of neither text', () => {
    const [judged, sent] = ['a'.repeat(64), 'b'.repeat(64)];
    const [line = ''] = lineOf('redacted', { digest: judged, renderedDigest: sent });
    expect(line).not.toMatch(/a{64}|b{64}/);
    const data = ocsf({ authority: 'gate-1' }).read(line)?.event?.data;
    expect([data?.['sql_hmac'], data?.['rendered_hmac']]).toEqual([expect.stringMatching(/^k1:/), expect.stringMatching(/^k1:/)]);
    expect(data?.['sql_hmac']).not.toBe(data?.['rendered_hmac']);
  });

  it('a long text comes in parts that make the whole', () => {
    const text = `SELECT '${'ä𝄞'.repeat(40_000)}'`;
    const lines = lineOf('full', { sql: 'SELECT ?', recorded: 'full' }, text);
    const format = ocsf({ authority: 'gate-1' });
    const parts = lines.slice(0, -1).map((line) => JSON.parse(format.parcel(line).value) as { text: string; part: number; of: number });
    expect(parts.map(({ part, of }) => `${part}/${of}`)).toEqual(parts.map((_, index) => `${index + 1}/${parts.length}`));
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });

  it('a long redacted text is cut, says how long it was, and keeps its HMAC', () => {
    const sql = `SELECT ${'?, '.repeat(10_000)}?`;
    const [line = ''] = lineOf('full', { sql, recorded: 'redacted', digest: 'd'.repeat(64) });
    expect(line.length).toBeLessThan(8_192);
    const event = ocsf({ authority: 'gate-1' }).read(line)?.event;
    expect(event?.data).toMatchObject({ sql_chars: sql.length, sql: sql.slice(0, 4_096), sql_hmac: expect.any(String) as string });
  });
});
