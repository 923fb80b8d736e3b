import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Review } from '../answers.js';
import { useDesk } from '../desk.js';
import { Ask } from '../parts/ask.js';
import { When, Who } from '../parts/facts.js';
import { Listed } from '../parts/listed.js';
import { usePolled } from '../polled.js';
import { hashOf } from '../route.js';
import { Name, Words } from '../text/shown.js';

/** Sessions for which somebody broke the glass, until somebody else has looked at them. */
export function Reviews(): JSX.Element {
  const { api, say } = useDesk();
  const polled = usePolled((signal) => api.reviews(signal), 15_000);
  const [asked, setAsked] = useState<Review>();
  const sign = async (comment: string): Promise<void> => {
    if (asked === undefined) return;
    await api.sign(asked.session, comment);
    say('Signed.');
    polled.refresh();
  };
  return (
    <>
      <Listed title="Broken glass" polled={polled} empty="Nothing that was opened in an emergency waits for a second look." keyOf={({ session }) => session} card={(review) => <Card review={review} sign={() => setAsked(review)} />} />
      {asked !== undefined && (
        <Ask title="Sign that you looked at it" does="Sign" comment="What you found" required act={sign} close={() => setAsked(undefined)}>
          <p>What <Who who={asked.actor} /> did on <Name text={asked.schema} /> leaves this list, and the record names you.</p>
        </Ask>
      )}
    </>
  );
}

function Card({ review: { session, actor, principal, connection, schema, access, reason, openedAt }, sign }: { readonly review: Review; readonly sign: () => void }): JSX.Element {
  return (
    <article class="card">
      <h2><a href={hashOf({ view: 'sessions', subject: session })}><Who who={actor} />{actor.id !== principal.id && <> for <Who who={principal} /></>}</a></h2>
      <p>Opened <Name text={schema} /> to {access} <span class="aside">on <Name text={connection} />, <When at={openedAt} /></span></p>
      <p class="said"><span class="kind">it says</span> <Words text={reason} /></p>
      <div class="foot"><a href={hashOf({ view: 'sessions', subject: session })}>What has happened in it</a><button type="button" class="good" onClick={sign} aria-label={`Sign for the session of ${actor.id}`}>Sign …</button></div>
    </article>
  );
}
