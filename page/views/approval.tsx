import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Approval } from '../answers.js';
import type { Refusal } from '../api.js';
import { AgentSays } from '../approval/agent-says.js';
import { Answers } from '../approval/answers.js';
import { Decide } from '../approval/decide.js';
import { ApprovalFacts, textsOf } from '../approval/facts.js';
import { RiskList } from '../approval/risk-list.js';
import { StatementText } from '../approval/statement.js';
import { useDesk } from '../desk.js';
import { Left } from '../parts/left.js';
import { Title } from '../parts/title.js';
import { Stale, Trouble } from '../parts/trouble.js';
import { usePolled } from '../polled.js';
import { LookClosely } from '../text/look-closely.js';
import { hindrances, states } from '../words.js';
import { What } from './waiting.js';

interface Told {
  readonly text: string;
  readonly grave: boolean;
}

/** One approval: facts first, then the text, then the agent's own words, then the answer. */
export function OneApproval({ ticket, answered }: { readonly ticket: string; readonly answered: () => void }): JSX.Element {
  const { api } = useDesk();
  const { value: approval, refusal, put, refresh } = usePolled((signal) => api.approval(ticket, signal), 5_000, ticket);
  const [told, setTold] = useState<Told>();
  const shown = useRef('');
  useEffect(() => {
    if (approval === undefined) return;
    if (shown.current !== '' && shown.current !== approval.digest) setTold({ text: 'What was shown to you has changed. Look at it again.', grave: true });
    shown.current = approval.digest;
  }, [approval?.digest]);
  if (approval === undefined) return <><Back /><Title text="Approval" />{refusal === undefined ? <p class="aside">Reading …</p> : <Trouble refusal={refusal} />}</>;
  const decided = (after: Approval): void => {
    put(after);
    setTold({ text: outcomeOf(after), grave: false });
    answered();
  };
  const changed = ({ reason, message }: Refusal): void => {
    setTold({ text: `What was shown to you has changed, and your answer did not count. ${hindrances[reason] ?? message}`, grave: true });
    refresh();
  };
  return (
    <>
      <Back />
      <Title text="Approval"><What approval={approval} /></Title>
      <p class="standing"><span class={`state state-${approval.state}`}>{states[approval.state]}</span>{approval.state === 'pending' && <Left until={approval.expiresAt} />}</p>
      {told !== undefined && <Message told={told} />}
      <Stale refusal={refusal} />
      <RiskList approval={approval} />
      <LookClosely texts={textsOf(approval)} />
      <section aria-labelledby="facts"><h2 id="facts">What the gateway found</h2><ApprovalFacts approval={approval} /></section>
      {approval.statement !== undefined && <StatementText statement={approval.statement} />}
      <AgentSays reason={approval.reason} />
      <Answers approval={approval} />
      <Decide key={approval.digest} approval={approval} decided={decided} changed={changed} />
    </>
  );
}

function Back(): JSX.Element {
  return <p class="back"><a href="#/approvals">← What waits</a></p>;
}

/** What came of it; whoever pressed a button that is gone now finds themselves here. */
function Message({ told: { text, grave } }: { readonly told: Told }): JSX.Element {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => place.current?.focus(), [text]);
  return <p ref={place} tabIndex={-1} role={grave ? 'alert' : 'status'} class={grave ? 'notice notice-grave' : 'notice notice-good'}>{text}</p>;
}

function outcomeOf({ state, terms, decisions }: Approval): string {
  if (state === 'rejected') return 'Rejected. Nothing runs; whoever asked reads your comment.';
  if (state === 'approved') return 'Approved. The agent may ask again, once, for exactly this.';
  const [agreed, needed] = [decisions.filter(({ decision }) => decision === 'approve').length, Math.max(...terms.map(({ quorum }) => quorum))];
  return agreed < needed ? `Your approval counts. ${agreed} of ${needed} people have agreed; it waits for somebody else.` : 'Your approval counts. It waits for somebody of another role.';
}
