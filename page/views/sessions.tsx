import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Session, Suspended, Suspension } from '../api-types.js';
import { useReviewContext } from '../review-context.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Timestamp } from '../components/facts.js';
import { TimeLeft } from '../components/time-left.js';
import { PolledList } from '../components/polled-list.js';
import { usePolled, type PolledValue } from '../use-polled.js';
import { formatRoute } from '../route.js';
import { Name, Prose } from '../text/safe-text.js';
import { formatCount } from '../messages.js';

/** Seconds, and what they are called. */
const lengths: readonly (readonly [seconds: number, text: string])[] = [
  [3_600, 'an hour'],
  [28_800, 'eight hours'],
  [86_400, 'a day'],
  [604_800, 'a week'],
  [2_592_000, 'thirty days'],
];

/** Live sessions, each with a way to end it now, and to keep its agent out for a time; and who is kept out. */
export function Sessions(): JSX.Element {
  const { api, announce: say } = useReviewContext();
  const polled = usePolled((signal) => api.sessions(signal), 10_000);
  const suspended = usePolled((signal) => api.suspensions(signal), 10_000);
  const [asked, setAsked] = useState<Session>();
  const [barred, setBarred] = useState<string>();
  const [freed, setFreed] = useState<string>();
  const [ttl, setTtl] = useState(3_600);
  const revoke = async (comment: string): Promise<void> => {
    if (asked === undefined) return;
    await api.revoke(asked.id, comment === '' ? undefined : comment);
    say('The session was revoked.');
    polled.refresh();
  };
  const suspend = async (comment: string): Promise<void> => {
    if (barred === undefined) return;
    say(outcome(await api.suspend(barred, { ttl, ...(comment === '' ? {} : { comment }) })));
    polled.refresh();
    suspended.refresh();
  };
  const reinstate = async (comment: string): Promise<void> => {
    if (freed === undefined) return;
    await api.reinstate(freed, comment === '' ? undefined : comment);
    say('The agent was reinstated.');
    suspended.refresh();
  };
  return (
    <>
      <PolledList
        title="Sessions"
        polled={polled}
        emptyText="No session is open on anything that you oversee."
        getKey={({ id }) => id}
        renderItem={(session) => (
          <SessionCard session={session} revoke={() => setAsked(session)} suspend={() => setBarred(session.actor)} />
        )}
      />
      <Suspensions polled={suspended} reinstate={setFreed} />
      {asked !== undefined && (
        <ConfirmDialog
          title="Revoke this session?"
          confirmLabel="Revoke it now"
          severe
          commentLabel="Why, for the record"
          onConfirm={revoke}
          onClose={() => setAsked(undefined)}
        >
          <p>
            <Name text={asked.actor} /> on <Name text={asked.schema} />. What runs in it is cancelled, and nothing more
            can run.
          </p>
        </ConfirmDialog>
      )}
      {barred !== undefined && (
        <ConfirmDialog
          title="Suspend this agent?"
          confirmLabel="Suspend it now"
          severe
          commentLabel="Why, for the record"
          onConfirm={suspend}
          onClose={() => setBarred(undefined)}
        >
          <p>
            All sessions of <Name text={barred} /> on what you oversee are revoked, and it opens no other until the
            expired, for whomever it acts.
          </p>
          <label>
            For how long{' '}
            <select value={ttl} onChange={({ currentTarget }) => setTtl(Number(currentTarget.value))}>
              {lengths.map(([seconds, text]) => (
                <option key={seconds} value={seconds}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </ConfirmDialog>
      )}
      {freed !== undefined && (
        <ConfirmDialog
          title="Reinstate this agent?"
          confirmLabel="Reinstate it now"
          commentLabel="Why, for the record"
          onConfirm={reinstate}
          onClose={() => setFreed(undefined)}
        >
          <p>
            <Name text={freed} /> may open sessions again, as the policy says.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function outcome({ sessions, tickets }: Suspended): string {
  return `The agent was suspended: ${formatCount(sessions.length, 'session was', 'sessions were')} revoked, ${formatCount(tickets.length, 'approval is', 'approvals are')} void.`;
}

/** Who is kept out. Nothing where nobody is: most often so. */
function Suspensions({
  polled: { value = [] },
  reinstate,
}: {
  readonly polled: PolledValue<readonly Suspension[]>;
  readonly reinstate: (actor: string) => void;
}): JSX.Element | undefined {
  if (value.length === 0) return undefined;
  return (
    <section aria-label="Suspended agents">
      <h2>Suspended agents</h2>
      <ul class="cards">
        {value.map((each) => (
          <li key={each.actor}>
            <SuspensionCard suspension={each} reinstate={() => reinstate(each.actor)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SuspensionCard({
  suspension: { actor, by, comment, places, suspendedAt, expiresAt },
  reinstate,
}: {
  readonly suspension: Suspension;
  readonly reinstate: () => void;
}): JSX.Element {
  return (
    <article class="card">
      <h3>
        <Name text={actor} />
      </h3>
      <p>
        Suspended by <Name text={by.name ?? by.id} />{' '}
        <span class="aside">
          since <Timestamp at={suspendedAt} />, on{' '}
          {places.map(({ connection, schemas }) => `${schemas.join(', ')} (${connection})`).join('; ')}
        </span>
      </p>
      {comment !== undefined && (
        <p class="said">
          <Prose text={comment} />
        </p>
      )}
      <div class="foot">
        <TimeLeft until={expiresAt} />
        <button type="button" onClick={reinstate} aria-label={`Reinstate ${actor}`}>
          Reinstate …
        </button>
      </div>
    </article>
  );
}

interface CardProps {
  readonly session: Session;
  readonly revoke: () => void;
  readonly suspend: () => void;
}

function SessionCard({ session, revoke, suspend }: CardProps): JSX.Element {
  const { id, actor, principal, connection, schema, access, reason, openedAt, expiresAt, breakGlass } = session;
  return (
    <article class="card">
      <h2>
        <a href={formatRoute({ view: 'sessions', subject: id })}>
          <Name text={actor} />
          {actor !== principal && (
            <>
              {' '}
              for <Name text={principal} />
            </>
          )}
        </a>
      </h2>
      <p>
        {breakGlass === true && <span class="risk risk-grave">break-glass</span>} May{' '}
        {access === 'write' ? 'read and write' : 'read'} <Name text={schema} />{' '}
        <span class="aside">
          on <Name text={connection} />, since <Timestamp at={openedAt} />
        </span>
      </p>
      <p class="said">
        <span class="kind">stated reason</span> <Prose text={reason} />
      </p>
      <div class="foot">
        <TimeLeft until={expiresAt} />
        <span class="acts">
          <button type="button" class="grave" onClick={revoke} aria-label={`Revoke the session of ${actor}`}>
            Revoke …
          </button>
          <button type="button" class="grave" onClick={suspend} aria-label={`Suspend agent ${actor}`}>
            Suspend agent …
          </button>
        </span>
      </div>
    </article>
  );
}
