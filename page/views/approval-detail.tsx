import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Approval } from '../api-types.js';
import type { ApiError } from '../api.js';
import { AgentReason } from '../approval/agent-reason.js';
import { Decisions } from '../approval/decisions.js';
import { DecisionForm } from '../approval/decision-form.js';
import { ApprovalFacts, collectApprovalTexts } from '../approval/approval-facts.js';
import { RiskList } from '../approval/risk-list.js';
import { StatementText } from '../approval/statement-text.js';
import { useReviewContext } from '../review-context.js';
import { TimeLeft } from '../components/time-left.js';
import { Title } from '../components/title.js';
import { StaleNotice, ErrorNotice } from '../components/error-notice.js';
import { usePolled } from '../use-polled.js';
import { TextWarning } from '../text/text-warning.js';
import { reviewDenialTexts, stateTexts } from '../messages.js';
import { RequestSummary } from './pending-approvals.js';

interface ViewMessage {
  readonly text: string;
  readonly severe: boolean;
}

/** One approval: facts first, then the text, then the agent's own words, then the answer. */
export function ApprovalDetail({
  ticket,
  answered,
}: {
  readonly ticket: string;
  readonly answered: () => void;
}): JSX.Element {
  const { api } = useReviewContext();
  const {
    value: approval,
    refusal,
    setValue: put,
    refresh,
  } = usePolled((signal) => api.approval(ticket, signal), 5_000, ticket);
  const [told, setTold] = useState<ViewMessage>();
  const shown = useRef('');
  useEffect(() => {
    if (approval === undefined) return;
    if (shown.current !== '' && shown.current !== approval.digest)
      setTold({ text: 'What was shown to you has changed. Look at it again.', severe: true });
    shown.current = approval.digest;
  }, [approval?.digest]);
  if (approval === undefined)
    return (
      <>
        <BackLink />
        <Title text="Approval" />
        {refusal === undefined ? <p class="aside">Reading …</p> : <ErrorNotice refusal={refusal} />}
      </>
    );
  const decided = (after: Approval): void => {
    put(after);
    setTold({ text: formatOutcome(after), severe: false });
    answered();
  };
  const changed = ({ reason, message }: ApiError): void => {
    setTold({
      text: `What was shown to you has changed, and your answer did not count. ${reviewDenialTexts[reason] ?? message}`,
      severe: true,
    });
    refresh();
  };
  return (
    <>
      <BackLink />
      <Title text="Approval">
        <RequestSummary approval={approval} />
      </Title>
      <p class="standing">
        <span class={`state state-${approval.state}`}>{stateTexts[approval.state]}</span>
        {approval.state === 'pending' && <TimeLeft until={approval.expiresAt} />}
      </p>
      {told !== undefined && <ViewNotice told={told} />}
      <StaleNotice refusal={refusal} />
      <RiskList approval={approval} />
      <TextWarning texts={collectApprovalTexts(approval)} />
      <section aria-labelledby="facts">
        <h2 id="facts">Facts from the gateway</h2>
        <ApprovalFacts approval={approval} />
      </section>
      {approval.statement !== undefined && <StatementText statement={approval.statement} />}
      <AgentReason reason={approval.reason} />
      <Decisions approval={approval} />
      <DecisionForm key={approval.digest} approval={approval} onDecided={decided} onChanged={changed} />
    </>
  );
}

function BackLink(): JSX.Element {
  return (
    <p class="back">
      <a href="#/approvals">← Waiting</a>
    </p>
  );
}

/** What came of it; whoever pressed a button that is gone now finds themselves here. */
function ViewNotice({ told: { text, severe: grave } }: { readonly told: ViewMessage }): JSX.Element {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => place.current?.focus(), [text]);
  return (
    <p
      ref={place}
      tabIndex={-1}
      role={grave ? 'alert' : 'status'}
      class={grave ? 'notice notice-grave' : 'notice notice-good'}
    >
      {text}
    </p>
  );
}

function formatOutcome({ state, terms, decisions }: Approval): string {
  if (state === 'rejected') return 'Rejected. Nothing runs; whoever asked reads your comment.';
  if (state === 'approved') return 'Approved. The agent may ask again, once, for exactly this.';
  const [agreed, needed] = [
    decisions.filter(({ decision }) => decision === 'approve').length,
    Math.max(...terms.map(({ quorum }) => quorum)),
  ];
  return agreed < needed
    ? `Your approval counts. ${agreed} of ${needed} people have agreed; it waits for somebody else.`
    : 'Your approval counts. It waits for somebody of another role.';
}
