import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import type { AuditEvent } from '../../../src/core/index.js';

const hmac = { id: 'k1', secret: new Uint8Array(32) };

const lineOf = (
  level: 'metadata' | 'redacted' | 'full',
  data: AuditEvent['data'],
  text?: string,
): readonly string[] => {
  const format = ocsf({ level, authority: 'gate-1', hmac });
  const event = {
    id: 'i',
    code: 'statement.authorized',
    at: 1,
    instance: 'x',
    session: 's',
    statement: 't',
    data,
    ...(text === undefined ? {} : { text }),
  } as const;
  return format.write(event, format.begin()).lines;
};

const hmacOf = (digest: string, secret = hmac.secret) => {
  const format = ocsf({ authority: 'a', hmac: { id: 'k', secret } });
  return format.read(
    format.write({ id: 'i', code: 'statement.authorized', at: 1, instance: 'x', data: { digest } }, format.begin())
      .lines[0] as string,
  )?.event?.data['sql_hmac'];
};

describe('how much is written', () => {
  it("the writer's own level caps the policy's", () => {
    const data = { kind: 'read', sql: 'SELECT ?', recorded: 'full', digest: 'd'.repeat(64) };
    expect(lineOf('metadata', data, 'SELECT secret').join()).not.toMatch(/SELECT/);
    expect(lineOf('redacted', data, 'SELECT secret').join()).not.toMatch(/secret/);
    expect(lineOf('full', data, 'SELECT secret')).toHaveLength(2);
    expect(lineOf('full', data, 'SELECT secret')[1]).not.toMatch(/secret/);
  });

  it('no line holds a character that is not seen, though the event and its text do', () => {
    const told = 'a\u202eb\u2028c\u{e0041}\u009bd';
    const lines = lineOf('full', { sql: told, recorded: 'full', comment: told }, told);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const format = ocsf({ authority: 'gate-1' });
    expect(format.read(lines[1] as string)?.event?.data).toMatchObject({ comment: told, sql: told });
    expect(JSON.parse(format.toMessage(lines[0] as string).value)).toMatchObject({ text: told });
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
    expect([data?.['sql_hmac'], data?.['rendered_hmac']]).toEqual([
      expect.stringMatching(/^k1:/),
      expect.stringMatching(/^k1:/),
    ]);
    expect(data?.['sql_hmac']).not.toBe(data?.['rendered_hmac']);
  });

  it('a long text comes in parts that make the whole', () => {
    const text = `SELECT '${'ä𝄞'.repeat(40_000)}'`;
    const lines = lineOf('full', { sql: 'SELECT ?', recorded: 'full' }, text);
    const format = ocsf({ authority: 'gate-1' });
    const parts = lines
      .slice(0, -1)
      .map((line) => JSON.parse(format.toMessage(line).value) as { text: string; part: number; of: number });
    expect(parts.map(({ part, of }) => `${part}/${of}`)).toEqual(
      parts.map((_, index) => `${index + 1}/${parts.length}`),
    );
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });

  it('a long redacted text is cut, says how long it was, and keeps its HMAC', () => {
    const sql = `SELECT ${'?, '.repeat(10_000)}?`;
    const [line = ''] = lineOf('full', { sql, recorded: 'redacted', digest: 'd'.repeat(64) });
    expect(line.length).toBeLessThan(8_192);
    const event = ocsf({ authority: 'gate-1' }).read(line)?.event;
    expect(event?.data).toMatchObject({
      sql_chars: sql.length,
      sql: sql.slice(0, 4_096),
      sql_hmac: expect.any(String) as string,
    });
  });

  describe('of a statement that was rewritten', () => {
    const asked = {
      kind: 'read',
      operation: 'SELECT',
      summary: 'SELECT X',
      sql: `SELECT ${'?, '.repeat(2_000)}?`,
      digest: 'a'.repeat(64),
      reads: [],
      writes: [],
    };
    const data = {
      kind: 'read',
      sql: 'SELECT ?',
      recorded: 'full',
      digest: 'd'.repeat(64),
      asked,
      rewrites: [{ plugin: 'p', obligation: 'o' }],
    };
    const event = {
      id: 'i',
      code: 'statement.authorized',
      at: 1,
      instance: 'x',
      data,
      text: 'SELECT 1',
      askedText: 'SELECT 2',
    } as const;
    const written = (level: 'metadata' | 'redacted' | 'full') => {
      const format = ocsf({ level, authority: 'gate-1', hmac });
      return { format, lines: format.write(event, format.begin()).lines };
    };

    it('the other text obeys the level, is cut, and has an HMAC in the place of its digest', () => {
      expect(written('metadata').lines.join()).not.toMatch(/SELECT \?/);
      const { format, lines } = written('redacted');
      const told = format.read(lines[0] as string)?.event?.data['asked'] as Readonly<Record<string, unknown>>;
      expect(told).toMatchObject({
        sql: asked.sql.slice(0, 4_096),
        sql_chars: asked.sql.length,
        sql_hmac: expect.stringMatching(/^k1:/) as string,
      });
      expect(lines.join()).not.toContain('a'.repeat(64));
    });

    it('both texts are kept in full, each in lines of its own that say which it is', () => {
      const { format, lines } = written('full');
      const parts = lines
        .slice(0, -1)
        .map((line) => JSON.parse(format.toMessage(line).value) as { id: string; text: string; role?: string });
      expect(parts.map(({ id, text, role }) => [id, text, role])).toEqual([
        ['i.run.1', 'SELECT 1', 'run'],
        ['i.asked.1', 'SELECT 2', 'asked'],
      ]);
      expect(written('redacted').lines).toHaveLength(1);
    });
  });
});
