import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { useDesk } from '../desk.js';
import { When, Who } from '../parts/facts.js';
import { Listed } from '../parts/listed.js';
import { usePolled } from '../polled.js';
import { hashOf } from '../route.js';
import { endings, states } from '../words.js';
import { What } from './waiting.js';

/** What was decided, newest first. */
export function Decided(): JSX.Element {
  const { api } = useDesk();
  const polled = usePolled((signal) => api.approvals('decided', signal), 15_000);
  return <Listed title="Decided" polled={polled} empty="Nothing was decided yet." keyOf={({ ticket }) => ticket} card={(approval) => <Card approval={approval} />} />;
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
