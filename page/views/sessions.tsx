import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Session } from '../answers.js';
import { useDesk } from '../desk.js';
import { Ask } from '../parts/ask.js';
import { When } from '../parts/facts.js';
import { Left } from '../parts/left.js';
import { Listed } from '../parts/listed.js';
import { usePolled } from '../polled.js';
import { hashOf } from '../route.js';
import { Name, Words } from '../text/shown.js';

/** Live sessions, each with a way to end it now. */
export function Sessions(): JSX.Element {
  const { api, say } = useDesk();
  const polled = usePolled((signal) => api.sessions(signal), 10_000);
  const [asked, setAsked] = useState<Session>();
  const revoke = async (comment: string): Promise<void> => {
    if (asked === undefined) return;
    await api.revoke(asked.id, comment === '' ? undefined : comment);
    say('The session was revoked.');
    polled.refresh();
  };
  return (
    <>
      <Listed title="Live sessions" polled={polled} empty="No session is open on anything that you oversee." keyOf={({ id }) => id} card={(session) => <Card session={session} revoke={() => setAsked(session)} />} />
      {asked !== undefined && (
        <Ask title="Revoke this session?" does="Revoke it now" grave comment="Why, for the record" act={revoke} close={() => setAsked(undefined)}>
          <p><Name text={asked.actor} /> on <Name text={asked.schema} />. What runs in it is cancelled, and nothing more can run.</p>
        </Ask>
      )}
    </>
  );
}

function Card({ session, revoke }: { readonly session: Session; readonly revoke: () => void }): JSX.Element {
  const { id, actor, principal, connection, schema, access, reason, openedAt, expiresAt, breakGlass } = session;
  return (
    <article class="card">
      <h2><a href={hashOf({ view: 'sessions', subject: id })}><Name text={actor} />{actor !== principal && <> for <Name text={principal} /></>}</a></h2>
      <p>{breakGlass === true && <span class="risk risk-grave">glass broken</span>} May {access === 'write' ? 'read and write' : 'read'} <Name text={schema} /> <span class="aside">on <Name text={connection} />, since <When at={openedAt} /></span></p>
      <p class="said"><span class="kind">it says</span> <Words text={reason} /></p>
      <div class="foot"><Left until={expiresAt} /><button type="button" class="grave" onClick={revoke} aria-label={`Revoke the session of ${actor}`}>Revoke …</button></div>
    </article>
  );
}
