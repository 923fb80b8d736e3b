import type { AuditEvent, EventCode } from '../events.js';
import { newId } from '../data/id.js';
import type { AuditLog, RecordPage } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';

/** What an adapter's author supplies for `auditContract`. */
export interface AuditSubject {
  /** A fresh, empty log. */
  readonly open: () => Promise<AuditLog>;
  /** The same log again after `close`, as a later run finds it; left out where nothing outlives the process. */
  readonly reopen?: () => Promise<AuditLog>;
}

const sampleTime = 1_790_000_000_000;

/** An event as the gateway writes it, for tests of a log. */
export function sampleEvent(code: EventCode, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: newId(sampleTime),
    code,
    at: sampleTime,
    instance: 'instance-1',
    who: { principal: 'idp:alice', actor: 'idp:agent', issuer: 'idp' },
    connection: 'warehouse',
    data: { note: 'ünïcode "quoted"\n\u2028' },
    ...more,
  };
}

/** The promises of `AuditLog`, one case each; cases about a later run are left out where there is none. */
export function auditContract({ open, reopen }: AuditSubject): readonly ContractCase[] {
  const contract = (name: string, use: (log: AuditLog) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const log = await open();
      try {
        await use(log);
      } finally {
        await log.close?.();
      }
    },
  });
  return [
    contract('knows nothing of a session it has not seen', async (log) => {
      expectThat((await log.record('nobody')).events.length === 0, 'a record came from nowhere');
      expectThat((await log.unresolved()).length === 0, 'a fresh log has something unresolved');
    }),
    contract('gives back what was appended, whole and in order', async (log) => {
      const events = [
        sampleEvent('session.requested', { session: 's1' }),
        sampleEvent('session.opened', { session: 's1' }),
        sampleEvent('statement.authorized', { session: 's1', statement: 't1' }),
      ];
      for (const event of events) await log.append(event);
      await log.append(sampleEvent('session.requested', { session: 's2' }));
      expectThat(isSameEvents((await log.record('s1', { limit: 1_000 })).events, events), 'the record differs');
    }),
    contract('keeps the order of calls that were not awaited one by one', async (log) => {
      const events = Array.from({ length: 500 }, (_, index) =>
        sampleEvent('statement.delivered', { session: 's1', statement: `t${index}` }),
      );
      await Promise.all(events.map((event) => log.append(event)));
      expectThat(isSameEvents((await log.record('s1', { limit: 1_000 })).events, events), 'the order differs');
    }),
    contract(
      'gives the record by pages: none twice, none left out, none of another session, and goes on where more was written',
      async (log) => {
        const written = Array.from({ length: 25 }, (_, index) =>
          sampleEvent('statement.delivered', { session: index % 5 === 4 ? 's2' : 's1', statement: `t${index}` }),
        );
        await Promise.all(written.map((event) => log.append(event)));
        const mine = written.filter(({ session }) => session === 's1');
        const { events, pages } = await readPages(log, 's1', 7);
        expectThat(isSameEvents(events, mine) && pages === 3, 'the pages differ from the record');
        const first = await log.record('s1', { limit: 19 });
        expectThat(first.events.length === 19 && first.next !== undefined, 'a page is not as long as it was asked for');
        const later = sampleEvent('session.closed', { session: 's1' });
        await log.append(later);
        expectThat(
          isSameEvents((await log.record('s1', { after: first.next })).events, [...mine.slice(19), later]),
          'what was written since the first page is not on the next',
        );
      },
    ),
    contract(
      'gives 200 events where no number is said, and no more than about a MiB of them, but always one',
      async (log) => {
        await Promise.all(
          Array.from({ length: 230 }, (_, index) =>
            log.append(sampleEvent('statement.delivered', { session: 's1', statement: `t${index}` })),
          ),
        );
        expectThat((await log.record('s1')).events.length === 200, 'it is not 200');
        for (let count = 0; count < 3; count += 1)
          await log.append(sampleEvent('statement.delivered', { session: 's2', data: { text: 'x'.repeat(700_000) } }));
        const { events, pages } = await readPages(log, 's2', 1_000);
        expectThat(events.length === 3 && pages === 3, 'large events came at once, or not at all');
      },
    ),
    contract('answers an `after` that it never gave with nothing', async (log) => {
      await log.append(sampleEvent('session.opened', { session: 's1' }));
      for (const after of ['99', '-1', '1.5', 'nonsense', '1e3', '9'.repeat(200)]) {
        const page = await log.record('s1', { after });
        expectThat(page.events.length === 0 && page.next === undefined, `something follows ${after}`);
      }
    }),
    contract('does not change when an event is changed after it was appended', async (log) => {
      const event = { ...sampleEvent('session.opened', { session: 's1' }), data: { rows: 1 } };
      const appended = log.append(event);
      event.data.rows = 2;
      await appended;
      expectThat((await log.record('s1')).events[0]?.data['rows'] === 1, 'the event changed in the log');
    }),
    contract('refuses what comes after close', async (log) => {
      await log.close?.();
      const end = await log.append(sampleEvent('session.opened')).then(
        () => 'resolved',
        (error: unknown) => (error as { code?: unknown }).code,
      );
      expectThat(end === 'AUDIT_UNAVAILABLE', `expected AUDIT_UNAVAILABLE, got ${String(end)}`);
    }),
    ...(reopen === undefined ? [] : createLaterRunCases(open, reopen)),
  ];
}

function createLaterRunCases(open: () => Promise<AuditLog>, reopen: () => Promise<AuditLog>): readonly ContractCase[] {
  const contract = (
    name: string,
    before: readonly AuditEvent[],
    use: (log: AuditLog) => Promise<void>,
  ): ContractCase => ({
    name,
    async run() {
      const first = await open();
      for (const event of before) await first.append(event);
      await first.close?.();
      const second = await reopen();
      try {
        await use(second);
      } finally {
        await second.close?.();
      }
    },
  });
  const [requested, opened] = [
    sampleEvent('session.requested', { session: 's1' }),
    sampleEvent('session.opened', { session: 's1' }),
  ];
  const [authorized, executed] = (['statement.authorized', 'statement.executed'] as const).map((code) =>
    sampleEvent(code, { session: 's1', statement: 't1' }),
  ) as [AuditEvent, AuditEvent];
  const activated = sampleEvent('breakglass.activated', {
    session: 's1',
    scope: { database: 'ACME', schema: 'OPS', access: 'write' },
  });
  const [suspended, reinstated] = [
    sampleEvent('actor.suspended', { data: { actor: 'idp:agent' } }),
    sampleEvent('actor.reinstated', { data: { actor: 'idp:agent' } }),
  ];
  const [closed, started, stopped] = [
    sampleEvent('session.closed', { session: 's1' }),
    sampleEvent('gateway.started'),
    sampleEvent('gateway.stopped'),
  ];
  return [
    contract('keeps the record for a later run', [requested, opened], async (log) => {
      await log.append(closed);
      expectThat(isSameEvents((await log.record('s1')).events, [requested, opened, closed]), 'the record differs');
    }),
    contract(
      'names intents without an outcome and sessions without an end',
      [requested, opened, authorized],
      async (log) => {
        expectThat(isSameEvents(await log.unresolved(), [opened, authorized]), 'the unresolved differ');
      },
    ),
    contract('names nothing that has its outcome', [requested, opened, authorized, executed, closed], async (log) => {
      expectThat((await log.unresolved()).length === 0, 'something answered is named');
    }),
    contract(
      'finds the last event of a code that earlier runs wrote, where it looks so far back',
      [started, stopped, opened],
      async (log) => {
        if (log.newest === undefined) return;
        await log.append(sampleEvent('gateway.started'));
        const [last, first, none] = [
          await log.newest(['gateway.stopped', 'gateway.started']),
          await log.newest(['gateway.started']),
          await log.newest(['policy.changed']),
        ];
        expectThat(last !== undefined && isSameEvents([last], [stopped]), 'the last of two codes is another one');
        expectThat(first !== undefined && isSameEvents([first], [started]), 'the last of a code is another one');
        expectThat(none === undefined, 'an event came from nowhere');
      },
    ),
    contract(
      'names break-glass sessions of earlier runs that nobody has looked at, where it looks for that',
      [
        activated,
        sampleEvent('breakglass.activated', { session: 's2' }),
        sampleEvent('breakglass.reviewed', { session: 's2' }),
      ],
      async (log) => {
        if (log.unreviewed === undefined) return;
        expectThat(isSameEvents(await log.unreviewed(), [activated]), 'the unreviewed differ');
        await log.append(sampleEvent('breakglass.activated', { session: 's3' }));
        await log.append(sampleEvent('breakglass.reviewed', { session: 's1' }));
        expectThat((await log.unreviewed()).length === 0, 'what is signed, or of this run, is named');
      },
    ),
    contract(
      'names who was suspended and reinstated in earlier runs, where it looks for that',
      [suspended, requested, reinstated],
      async (log) => {
        if (log.suspended === undefined) return;
        await log.append(sampleEvent('actor.suspended'));
        expectThat(isSameEvents(await log.suspended(), [suspended, reinstated]), 'they differ');
      },
    ),
    contract('names nothing of this run', [], async (log) => {
      await log.append(sampleEvent('statement.authorized', { session: 's9', statement: 't9' }));
      expectThat((await log.unresolved()).length === 0, 'an intent of this run is named');
    }),
  ];
}

/** All pages of a record. */
async function readPages(
  log: AuditLog,
  session: string,
  limit: number,
): Promise<{ readonly events: readonly AuditEvent[]; readonly pages: number }> {
  const events: AuditEvent[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const page: RecordPage = await log.record(session, { limit, ...(after === undefined ? {} : { after }) });
    events.push(...page.events);
    pages += 1;
    after = page.next;
    expectThat(pages < 1_000, 'the pages have no end');
  } while (after !== undefined);
  return { events, pages };
}

/** The order of an object's members is nobody's promise. */
function isSameEvents(left: readonly AuditEvent[], right: readonly AuditEvent[]): boolean {
  return serializeSorted(left) === serializeSorted(right);
}

function serializeSorted(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
