import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { useDesk } from '../desk.js';
import { When, Who } from '../parts/facts.js';
import { Title } from '../parts/title.js';
import { Stale, Trouble } from '../parts/trouble.js';
import { usePolled } from '../polled.js';
import { hashOf } from '../route.js';
import { endings, states } from '../words.js';
import { What } from './waiting.js';

/** What was decided, newest first. */
export function Decided(): JSX.Element {
  const { api } = useDesk();
  const { value, refusal } = usePolled((signal) => api.approvals('decided', signal), 15_000);
  return (
    <>
      <Title text="Decided" />
      {value !== undefined && <Stale refusal={refusal} />}
      {value === undefined && (refusal === undefined ? <p class="aside">Reading …</p> : <Trouble refusal={refusal} />)}
      {value?.length === 0 && <p class="empty">Nothing was decided yet.</p>}
      {value !== undefined && value.length > 0 && <ul class="cards">{value.map((approval) => <li key={approval.ticket}><Card approval={approval} /></li>)}</ul>}
    </>
  );
}

function Card({ approval }: { readonly approval: Approval }): JSX.Element {
  const { ticket, state, ended, actor, principal, decisions, requestedAt } = approval;
  return (
    <article class="card">
      <h2><a href={hashOf({ view: 'approvals', subject: ticket })}><What approval={approval} /></a></h2>
      <p><Who who={actor} />{actor.id !== principal.id && <> for <Who who={principal} /></>}, <When at={requestedAt} /></p>
      <p><span class={`state state-${state}`}>{states[state]}</span>{ended !== undefined && <> {endings[ended]}</>}</p>
      {decisions.map(({ reviewer, decision, at }) => <p class="aside">{decision === 'approve' ? 'Approved' : 'Rejected'} by <Who who={reviewer} />, <When at={at} /></p>)}
    </article>
  );
}
