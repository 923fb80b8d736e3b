import { describe, expect, it } from 'vitest';
import type { AuditEvent, Json } from '../../src/core/index.js';
import { as, codeOf, house, rowsOf, rules, valueOf, type House } from './test-gateway.js';

const sql = 'SELECT orders';
const leveled = (...values: Json[]) =>
  rules.flatMap((rule) =>
    rule.id === 'all-read'
      ? values.map((value, index) => ({ ...rule, id: `read-${index}`, obligations: [{ type: 'record', value }] }))
      : [rule],
  );
const ofStatements = ({ audit }: House): AuditEvent[] => audit.events.filter((event) => event.statement !== undefined);

async function ran(...values: Json[]): Promise<House> {
  const at = await house({}, undefined, leveled(...values));
  const session = await at.session();
  await rowsOf(valueOf(await at.run(session, sql)));
  return at;
}

describe('how much of a statement is recorded', () => {
  it('metadata: what it was, and nothing of its text', async () => {
    const events = ofStatements(await ran('metadata'));
    expect(events.length).toBeGreaterThan(1);
    for (const { data, text } of events)
      expect([data['sql'], data['recorded'] ?? 'metadata', text]).toEqual([undefined, 'metadata', undefined]);
    expect(events[0]?.data).toMatchObject({ kind: 'read', operation: 'SELECT', digest: expect.any(String) as string });
  });

  it('redacted unless the policy says otherwise', async () => {
    const at = await house();
    await rowsOf(valueOf(await at.run(await at.session(), sql)));
    for (const { data, text } of ofStatements(at))
      expect([data['recorded'] ?? 'redacted', text]).toEqual(['redacted', undefined]);
    expect(ofStatements(at)[0]?.data['sql']).toEqual(expect.any(String));
  });

  it('full: the text once, on the intent, and never given back', async () => {
    const at = await ran('full');
    expect(
      ofStatements(at)
        .map(({ code, text }) => [code, text])
        .filter(([, text]) => text !== undefined),
    ).toEqual([['statement.authorized', sql]]);
    const session = at.audit.events.find((event) => event.session !== undefined)?.session ?? '';
    const record = valueOf(await at.gateway.record({ ...as('token-a'), session })).events;
    expect(record.length).toBeGreaterThan(3);
    expect(record.filter((event) => 'text' in event)).toEqual([]);
  });

  it('of several levels the least holds', async () => {
    expect(ofStatements(await ran('full', 'metadata', 'redacted'))[0]?.data['recorded']).toBe('metadata');
    expect(ofStatements(await ran('full', 'redacted'))[0]?.data['recorded']).toBe('redacted');
  });

  it.each<Json>(['everything', true, null, 1])('a level of %j is none, so nothing runs', async (value) => {
    const at = await house({}, undefined, leveled(value));
    expect(codeOf(await at.run(await at.session(), sql))).toBe('POLICY_UNAVAILABLE');
    expect(at.codes()).not.toContain('statement.authorized');
  });

  it('text that could not be redacted surely is not recorded', async () => {
    const blank = {
      analyze: async () =>
        ({
          kind: 'read',
          operation: 'SELECT',
          canonical: sql,
          digest: 'd'.repeat(64),
          redacted: '',
          summary: 'SELECT',
          reads: [],
          writes: [],
          functions: [],
        }) as const,
    };
    const at = await house({ analyzer: blank }, undefined, [
      ...rules,
      { id: 'schema', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: 'read' },
    ]);
    await rowsOf(valueOf(await at.run(await at.session(), sql)));
    expect(ofStatements(at)[0]?.data).toMatchObject({ recorded: 'metadata' });
    expect(ofStatements(at)[0]?.data).not.toHaveProperty('sql');
  });
});
