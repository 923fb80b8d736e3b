import { once } from 'node:events';
import { expect, it } from 'vitest';
import { memoryAudit } from '../../../src/adapters/memory/index.js';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import { AccessError, type AuditEvent, type AuditLog, type Plugin } from '../../../src/core/index.js';
import { codeOf, house, valueOf } from '../../core/test-gateway.js';
import { verified } from './chains.js';
import { asked, failing, fooled, ran, rewritten } from './driven/outcome-events.js';

/** The events as a log of one chain. */
function linesOf(events: readonly AuditEvent[]): readonly string[] {
  const format = ocsf({ authority: 'gate-1' });
  let head = format.begin();
  return events.flatMap((event) => {
    const { lines, head: next } = format.write(event, head);
    head = next;
    return lines;
  });
}

/** A plugin that fails before the intent, and a statement that is denied. */
async function refusedBefore(): Promise<readonly AuditEvent[]> {
  const plugin: Plugin = {
    name: 'faulty',
    setup: (host) =>
      host.guard('scope', async ({ moment }) => (moment === 'run' ? Promise.reject(new Error('a fault')) : undefined)),
  };
  const at = await house({ plugins: [plugin] });
  const session = await at.session();
  await at.run(session);
  await at.run(session, 'SELECT FINANCE.payroll');
  await at.gateway.shutdown();
  return at.audit.events;
}

/** A record that takes no intent for a while, and one that takes it too late. */
async function withoutRecord(): Promise<readonly AuditEvent[]> {
  const inner = memoryAudit();
  let [away, holding] = [false, false];
  const late = new AbortController();
  const audit: AuditLog & typeof inner = {
    ...inner,
    events: inner.events,
    append: async (event) => {
      if (away) throw new AccessError('AUDIT_UNAVAILABLE');
      if (holding && event.code === 'statement.authorized') await once(late.signal, 'abort');
      return inner.append(event);
    },
  };
  const at = await house({ audit, limits: { auditTimeoutMs: 50 } });
  const session = await at.session();
  away = true;
  expect(codeOf(await at.run(session))).toBe('AUDIT_UNAVAILABLE');
  expect(codeOf(await at.run(session, 'SELECT FINANCE.payroll'))).toBe('AUDIT_UNAVAILABLE');
  away = false;
  holding = true;
  expect(codeOf(await at.run(session))).toBe('AUDIT_UNAVAILABLE');
  holding = false;
  late.abort();
  valueOf(await at.run(session));
  await at.gateway.shutdown();
  return at.audit.events;
}

it.each([
  ['asked', asked],
  ['ran', ran],
  ['rewritten', rewritten],
  ['fooled', fooled],
  ['failing', failing],
  ['refused before the intent', refusedBefore],
  ['without a record', withoutRecord],
])('an honest record of %s lacks no announcement and no outcome', async (_name, drive) => {
  const events = await drive();
  expect(await verified(linesOf(events), {})).toMatchObject({ openIntents: 0, unannounced: 0, events: events.length });
});
