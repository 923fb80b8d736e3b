import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BreakGlassReview } from '../api-types.js';
import { useReviewContext } from '../review-context.js';
import { ConfirmDialog } from '../components/confirm-dialog.js';
import { Timestamp, Identity } from '../components/facts.js';
import { PolledList } from '../components/polled-list.js';
import { usePolled } from '../use-polled.js';
import { formatRoute } from '../route.js';
import { Name, Prose } from '../text/safe-text.js';

/** Sessions for which break-glass access was activated, until somebody else has looked at them. */
export function BreakGlassReviews(): JSX.Element {
  const { api, announce: say } = useReviewContext();
  const polled = usePolled((signal) => api.reviews(signal), 15_000);
  const [asked, setAsked] = useState<BreakGlassReview>();
  const sign = async (comment: string): Promise<void> => {
    if (asked === undefined) return;
    await api.completeReview(asked.session, comment);
    say('Review completed.');
    polled.refresh();
  };
  return (
    <>
      <PolledList
        title="Break-glass reviews"
        polled={polled}
        emptyText="No break-glass session is waiting for review."
        getKey={({ session }) => session}
        renderItem={(review) => <ReviewCard review={review} sign={() => setAsked(review)} />}
      />
      {asked !== undefined && (
        <ConfirmDialog
          title="Complete this break-glass review"
          confirmLabel="Complete review"
          commentLabel="Findings"
          required
          onConfirm={sign}
          onClose={() => setAsked(undefined)}
        >
          <p>
            What <Identity who={asked.actor} /> did on <Name text={asked.schema} /> is removed from this list, and the
            record names you as the reviewer.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function ReviewCard({
  review: { session, actor, principal, connection, schema, access, reason, openedAt },
  sign,
}: {
  readonly review: BreakGlassReview;
  readonly sign: () => void;
}): JSX.Element {
  return (
    <article class="card">
      <h2>
        <a href={formatRoute({ view: 'sessions', subject: session })}>
          <Identity who={actor} />
          {actor.id !== principal.id && (
            <>
              {' '}
              for <Identity who={principal} />
            </>
          )}
        </a>
      </h2>
      <p>
        Opened <Name text={schema} /> to {access}{' '}
        <span class="aside">
          on <Name text={connection} />, <Timestamp at={openedAt} />
        </span>
      </p>
      <p class="said">
        <span class="kind">stated reason</span> <Prose text={reason} />
      </p>
      <div class="foot">
        <a href={formatRoute({ view: 'sessions', subject: session })}>Session timeline</a>
        <button type="button" class="good" onClick={sign} aria-label={`Complete review of the session of ${actor.id}`}>
          Complete review …
        </button>
      </div>
    </article>
  );
}
