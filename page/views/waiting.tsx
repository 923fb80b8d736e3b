import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { Who } from '../parts/facts.js';
import { Left } from '../parts/left.js';
import { Listed } from '../parts/listed.js';
import { textsOf } from '../approval/facts.js';
import { RiskList } from '../approval/risk-list.js';
import type { Polled } from '../polled.js';
import { hashOf } from '../route.js';
import { LookCloselyMark } from '../text/look-closely.js';
import { Name } from '../text/shown.js';
import { counted } from '../words.js';

/** What waits, oldest first. There is no way to answer several at once, nor one that was not looked at. */
export function Waiting({ polled }: { readonly polled: Polled<readonly Approval[]> }): JSX.Element {
  return <Listed title="Waiting" polled={polled} empty="Nothing waits for you." keyOf={({ ticket }) => ticket} card={(approval) => <Card approval={approval} />} />;
}

function Card({ approval }: { readonly approval: Approval }): JSX.Element {
  const { ticket, actor, principal, connection, schema, expiresAt, mine, terms, decisions } = approval;
  const needed = Math.max(...terms.map(({ quorum }) => quorum));
  return (
    <article class="card">
      <h2><a href={hashOf({ view: 'approvals', subject: ticket })}><What approval={approval} /></a></h2>
      <p><Who who={actor} />{actor.id !== principal.id && <> for <Who who={principal} /></>}</p>
      <p class="aside"><Name text={connection} /> · <Name text={schema} />{needed > 1 && ` · ${decisions.length} of ${counted(needed, 'answer')}`}{!mine.may && ' · not yours to decide'}</p>
      <RiskList approval={approval} />
      <LookCloselyMark texts={textsOf(approval)} />
      <Left until={expiresAt} />
    </article>
  );
}

/** What is asked for, in one line of facts. */
export function What({ approval: { statement, access, schema } }: { readonly approval: Approval }): JSX.Element {
  if (statement === undefined) return <>Open <Name text={schema} /> to {access}</>;
  const objects = statement.writes.length > 0 ? statement.writes : statement.reads;
  return <><span class="operation"><Name text={statement.operation} /></span> {objects.map((each, index) => <>{index > 0 && ', '}<Name text={each} /></>)} <span class="kind">{statement.kind}</span></>;
}
