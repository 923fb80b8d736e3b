import type { JSX } from 'preact';
import type { Approval } from '../api-types.js';
import { Identity } from '../components/facts.js';
import { TimeLeft } from '../components/time-left.js';
import { PolledList } from '../components/polled-list.js';
import { collectApprovalTexts } from '../approval/approval-facts.js';
import { RiskList } from '../approval/risk-list.js';
import type { PolledValue } from '../use-polled.js';
import { formatRoute } from '../route.js';
import { TextWarningBadge } from '../text/text-warning.js';
import { Name } from '../text/safe-text.js';
import { formatCount } from '../messages.js';

/** What waits, oldest first. There is no way to answer several at once, nor one that was not looked at. */
export function PendingApprovals({ polled }: { readonly polled: PolledValue<readonly Approval[]> }): JSX.Element {
  return (
    <PolledList
      title="Waiting"
      polled={polled}
      emptyText="No approval is waiting for you."
      getKey={({ ticket }) => ticket}
      renderItem={(approval) => <ApprovalCard approval={approval} />}
    />
  );
}

function ApprovalCard({ approval }: { readonly approval: Approval }): JSX.Element {
  const { ticket, actor, principal, connection, schema, expiresAt, mine, terms, decisions } = approval;
  const needed = Math.max(...terms.map(({ quorum }) => quorum));
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
      </p>
      <p class="aside">
        <Name text={connection} /> · <Name text={schema} />
        {needed > 1 && ` · ${decisions.length} of ${formatCount(needed, 'answer')}`}
        {!mine.may && ' · not yours to decide'}
      </p>
      <RiskList approval={approval} />
      <TextWarningBadge texts={collectApprovalTexts(approval)} />
      <TimeLeft until={expiresAt} />
    </article>
  );
}

/** What is asked for, in one line of facts. */
export function RequestSummary({
  approval: { statement, access, schema },
}: {
  readonly approval: Approval;
}): JSX.Element {
  if (statement === undefined)
    return (
      <>
        Open <Name text={schema} /> to {access}
      </>
    );
  const objects = statement.writes.length > 0 ? statement.writes : statement.reads;
  return (
    <>
      <span class="operation">
        <Name text={statement.operation} />
      </span>{' '}
      {objects.map((each, index) => (
        <>
          {index > 0 && ', '}
          <Name text={each} />
        </>
      ))}{' '}
      <span class="kind">{statement.kind}</span>
    </>
  );
}
