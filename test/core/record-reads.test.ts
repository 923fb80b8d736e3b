import { describe, expect, it } from 'vitest';
import { memoryAudit } from '../../src/adapters/memory/index.js';
import type { AuditLog, RecordPage } from '../../src/core/index.js';
import { as, codeOf, house, valueOf } from './test-gateway.js';
import { office } from './approvals/test-reviewers.js';

describe('the record of a session, read by its owner', () => {
  it('comes by pages, each as long as it was asked for', async () => {
    const { gateway, session, run } = await house();
    const id = await session();
    for (let count = 0; count < 10; count += 1) valueOf(await run(id));
    const read = async (more: object): Promise<RecordPage> =>
      valueOf(await gateway.record({ ...as('token-a'), session: id, ...more }));
    const whole = await read({});
    const pages: RecordPage[] = [await read({ limit: 5 })];
    while (pages.at(-1)?.next !== undefined) pages.push(await read({ limit: 5, after: pages.at(-1)?.next }));
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flatMap(({ events }) => events)).toEqual(whole.events);
    expect(whole.next).toBeUndefined();
    expect(await read({ after: 'never given' })).toEqual({ events: [] });
  });

  it.each<[string, object]>([
    ['no number', { limit: '5' }],
    ['none', { limit: 0 }],
    ['a part', { limit: 1.5 }],
    ['too many', { limit: 1_001 }],
    ['no end', { limit: Infinity }],
    ['an empty place', { after: '' }],
    ['a number for a place', { after: 5 }],
    ['a place as long as a book', { after: 'x'.repeat(256) }],
  ])('%s is refused', async (_name, more) => {
    const { gateway, session } = await house();
    expect(codeOf(await gateway.record({ ...as('token-a'), session: await session(), ...more }))).toBe(
      'INVALID_REQUEST',
    );
  });

  it("no page of it is anybody else's, the second no more than the first", async () => {
    const { gateway, session } = await house();
    const id = await session();
    for (const after of [undefined, '0', '1'])
      expect(
        codeOf(await gateway.record({ ...as('token-b'), session: id, ...(after === undefined ? {} : { after }) })),
      ).toBe('NOT_FOUND');
  });

  it('what a reviewer answered is on a page of its own as it is on the whole: without from where', async () => {
    const { gateway, id, ticket, decide } = await office();
    await decide(await ticket());
    const { events } = valueOf(await gateway.record({ ...as('agent'), session: id }));
    const at = events.findIndex(({ data }) => data['requester'] !== undefined);
    expect(at).toBeGreaterThan(0);
    const page = valueOf(await gateway.record({ ...as('agent'), session: id, after: String(at), limit: 1 }));
    expect(page.events).toEqual([events[at]]);
    expect(page.events[0]?.data).not.toHaveProperty('transport');
  });
});

/** A log whose pages come when they are let go. */
function slow(): {
  readonly audit: AuditLog;
  readonly now: () => number;
  readonly most: () => number;
  readonly release: () => void;
} {
  const log = memoryAudit();
  let [running, most] = [0, 0];
  let free: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    free = resolve;
  });
  const record: AuditLog['record'] = async (...asked) => {
    running += 1;
    most = Math.max(most, running);
    await gate;
    running -= 1;
    return log.record(...asked);
  };
  return {
    audit: { ...log, append: (event) => log.append(event), record },
    now: () => running,
    most: () => most,
    release: () => free?.(),
  };
}

describe('many readers', () => {
  it('are served one page each at a time and few at once, and one of them asks for no more than so many', async () => {
    const { audit, most, release } = slow();
    const { gateway, session } = await house({ audit });
    const id = await session();
    const asked = Array.from({ length: 40 }, () => gateway.record({ ...as('token-a'), session: id }));
    const others = Array.from({ length: 3 }, () => gateway.record({ ...as('token-b'), session: 'earlier' }));
    const refused = (await Promise.all(asked.slice(-7))).map((outcome) => [
      codeOf(outcome),
      (outcome as { reason?: string }).reason,
    ]);
    expect(refused).toEqual(Array.from({ length: 7 }, () => ['SESSION_BUSY', 'record.busy']));
    release();
    expect((await Promise.all(asked.slice(0, 33))).map(codeOf)).toEqual(Array.from({ length: 33 }, () => 'completed'));
    expect((await Promise.all(others)).map(codeOf)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    expect(most()).toBeLessThanOrEqual(2);
  });

  it('one that left while it waited is not served', async () => {
    const { audit, release, now } = slow();
    const { gateway, session } = await house({ audit });
    const id = await session();
    const first = gateway.record({ ...as('token-a'), session: id });
    const leaving = new AbortController();
    const second = gateway.record({ ...as('token-a'), session: id }, leaving.signal);
    leaving.abort();
    expect(now()).toBeLessThanOrEqual(1);
    release();
    await first;
    expect(codeOf(await second)).not.toBe('completed');
  });

  it('one that leaves while it is served makes room for no other before its page is read', async () => {
    const { audit, release, most, now } = slow();
    const { gateway, session } = await house({ audit });
    const id = await session();
    for (let count = 0; count < 20; count += 1) {
      const leaving = new AbortController();
      const asked = gateway.record({ ...as('token-a'), session: id }, leaving.signal);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      leaving.abort();
      await asked;
    }
    expect([now(), most()]).toEqual([1, 1]);
    const last = gateway.record({ ...as('token-a'), session: id });
    release();
    expect(codeOf(await last)).toBe('completed');
  });
});
