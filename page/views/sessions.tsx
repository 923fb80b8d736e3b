import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Session, Suspended, Suspension } from '../answers.js';
import { useDesk } from '../desk.js';
import { Ask } from '../parts/ask.js';
import { When } from '../parts/facts.js';
import { Left } from '../parts/left.js';
import { Listed } from '../parts/listed.js';
import { usePolled, type Polled } from '../polled.js';
import { hashOf } from '../route.js';
import { Name, Words } from '../text/shown.js';
import { counted } from '../words.js';

/** Seconds, and what they are called. */
const lengths: readonly (readonly [seconds: number, text: string])[] = [[3_600, 'an hour'], [28_800, 'eight hours'], [86_400, 'a day'], [604_800, 'a week'], [2_592_000, 'thirty days']];

/** Live sessions, each with a way to end it now, and to keep its agent out for a time; and who is kept out. */
export function Sessions(): JSX.Element {
  const { api, say } = useDesk();
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
      <Listed title="Live sessions" polled={polled} empty="No session is open on anything that you oversee." keyOf={({ id }) => id} card={(session) => <Card session={session} revoke={() => setAsked(session)} suspend={() => setBarred(session.actor)} />} />
      <Suspensions polled={suspended} reinstate={setFreed} />
      {asked !== undefined && (
        <Ask title="Revoke this session?" does="Revoke it now" grave comment="Why, for the record" act={revoke} close={() => setAsked(undefined)}>
          <p><Name text={asked.actor} /> on <Name text={asked.schema} />. What runs in it is cancelled, and nothing more can run.</p>
        </Ask>
      )}
      {barred !== undefined && (
        <Ask title="Suspend this agent?" does="Suspend it now" grave comment="Why, for the record" act={suspend} close={() => setBarred(undefined)}>
          <p>All sessions of <Name text={barred} /> on what you oversee are revoked, and it opens no other until the time is over, for whomever it acts.</p>
          <label>For how long <select value={ttl} onChange={({ currentTarget }) => setTtl(Number(currentTarget.value))}>{lengths.map(([seconds, text]) => <option key={seconds} value={seconds}>{text}</option>)}</select></label>
        </Ask>
      )}
      {freed !== undefined && (
        <Ask title="Reinstate this agent?" does="Reinstate it now" comment="Why, for the record" act={reinstate} close={() => setFreed(undefined)}>
          <p><Name text={freed} /> may open sessions again, as the policy says.</p>
        </Ask>
      )}
    </>
  );
}

function outcome({ sessions, tickets }: Suspended): string {
  return `The agent was suspended: ${counted(sessions.length, 'session was', 'sessions were')} revoked, ${counted(tickets.length, 'approval is', 'approvals are')} void.`;
}

/** Who is kept out. Nothing where nobody is: most often so. */
function Suspensions({ polled: { value = [] }, reinstate }: { readonly polled: Polled<readonly Suspension[]>; readonly reinstate: (actor: string) => void }): JSX.Element | undefined {
  if (value.length === 0) return undefined;
  return (
    <section aria-label="Suspended agents">
      <h2>Suspended agents</h2>
      <ul class="cards">{value.map((each) => <li key={each.actor}><SuspensionCard suspension={each} reinstate={() => reinstate(each.actor)} /></li>)}</ul>
    </section>
  );
}

function SuspensionCard({ suspension: { actor, by, comment, places, suspendedAt, expiresAt }, reinstate }: { readonly suspension: Suspension; readonly reinstate: () => void }): JSX.Element {
  return (
    <article class="card">
      <h3><Name text={actor} /></h3>
      <p>Suspended by <Name text={by.name ?? by.id} /> <span class="aside">since <When at={suspendedAt} />, on {places.map(({ connection, schemas }) => `${schemas.join(', ')} (${connection})`).join('; ')}</span></p>
      {comment !== undefined && <p class="said"><Words text={comment} /></p>}
      <div class="foot"><Left until={expiresAt} /><button type="button" onClick={reinstate} aria-label={`Reinstate ${actor}`}>Reinstate …</button></div>
    </article>
  );
}

interface CardProps {
  readonly session: Session;
  readonly revoke: () => void;
  readonly suspend: () => void;
}

function Card({ session, revoke, suspend }: CardProps): JSX.Element {
  const { id, actor, principal, connection, schema, access, reason, openedAt, expiresAt, breakGlass } = session;
  return (
    <article class="card">
      <h2><a href={hashOf({ view: 'sessions', subject: id })}><Name text={actor} />{actor !== principal && <> for <Name text={principal} /></>}</a></h2>
      <p>{breakGlass === true && <span class="risk risk-grave">glass broken</span>} May {access === 'write' ? 'read and write' : 'read'} <Name text={schema} /> <span class="aside">on <Name text={connection} />, since <When at={openedAt} /></span></p>
      <p class="said"><span class="kind">it says</span> <Words text={reason} /></p>
      <div class="foot">
        <Left until={expiresAt} />
        <span class="acts">
          <button type="button" class="grave" onClick={revoke} aria-label={`Revoke the session of ${actor}`}>Revoke …</button>
          <button type="button" class="grave" onClick={suspend} aria-label={`Suspend agent ${actor}`}>Suspend agent …</button>
        </span>
      </div>
    </article>
  );
}
