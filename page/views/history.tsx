import type { JSX } from 'preact';
import type { Approval } from '../api-types.js';
import { useReviewContext } from '../review-context.js';
import { Timestamp, Identity } from '../components/facts.js';
import { PolledList } from '../components/polled-list.js';
import { usePolled } from '../use-polled.js';
import { formatRoute } from '../route.js';
import { endingTexts, stateTexts } from '../messages.js';
import { RequestSummary } from './pending-approvals.js';

/** What was decided, newest first. */
export function History(): JSX.Element {
  const { api } = useReviewContext();
  const polled = usePolled((signal) => api.approvals('decided', signal), 15_000);
  return (
    <PolledList
      title="History"
      polled={polled}
      emptyText="No approval was decided yet."
      getKey={({ ticket }) => ticket}
      renderItem={(approval) => <HistoryCard approval={approval} />}
    />
  );
}

function HistoryCard({ approval }: { readonly approval: Approval }): JSX.Element {
  const { ticket, state, ended, actor, principal, decisions, requestedAt } = approval;
  return (
    <article class="card">
      <h2>
        <a href={formatRoute({ view: 'approvals', subject: ticket })}>
          <RequestSummary approval={approval} />
        </a>
      </h2>
      <p>
        <Identity who={actor} />
        {actor.id !== principal.id && (
          <>
            {' '}
            for <Identity who={principal} />
          </>
        )}
        , <Timestamp at={requestedAt} />
      </p>
      <p>
        <span class={`state state-${state}`}>{stateTexts[state]}</span>
        {ended !== undefined && <> {endingTexts[ended]}</>}
      </p>
      {decisions.map(({ reviewer, decision, at }) => (
        <p class="aside">
          {decision === 'approve' ? 'Approved' : 'Rejected'} by <Identity who={reviewer} />, <Timestamp at={at} />
        </p>
      ))}
    </article>
  );
}
