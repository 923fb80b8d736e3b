import type { JSX } from 'preact';
import type { Approval } from '../answers.js';
import { Fact, Facts, Names, When, Who } from '../parts/facts.js';
import { hashOf } from '../route.js';
import { Name } from '../text/shown.js';
import { counted } from '../words.js';

/** What the gateway found out by itself about what is asked for. */
export function ApprovalFacts({ approval }: { readonly approval: Approval }): JSX.Element {
  const { statement, connection, schema, access, ttlSeconds, session, principal, actor, rules, requestedAt, expiresAt, digest } = approval;
  return (
    <Facts>
      <Fact what="Actor">{<Who who={actor} />}</Fact>
      <Fact what="For">{actor.id === principal.id ? <span class="aside">itself: nobody stands behind it</span> : <Who who={principal} />}</Fact>
      <Fact what="Connection"><Name text={connection} /></Fact>
      <Fact what="Schema"><Name text={schema} />, to {access}</Fact>
      {statement !== undefined && <Fact what="Writes"><Names names={statement.writes} none="nothing" /></Fact>}
      {statement !== undefined && <Fact what="Reads"><Names names={statement.reads} none="nothing" /></Fact>}
      {statement !== undefined && statement.functions.length > 0 && <Fact what="Functions"><Names names={statement.functions} /></Fact>}
      {ttlSeconds !== undefined && <Fact what="Open for">{counted(ttlSeconds, 'second')} at most</Fact>}
      <Fact what="Rules"><Names names={rules} /></Fact>
      <Fact what="Needs"><Needed approval={approval} /></Fact>
      <Fact what="Asked"><When at={requestedAt} /></Fact>
      <Fact what="Until"><When at={expiresAt} /></Fact>
      {session !== undefined && <Fact what="Session"><a href={hashOf({ view: 'sessions', subject: session })}>what has happened in it</a></Fact>}
      <Fact what="Digest"><span class="digest">{digest}</span></Fact>
    </Facts>
  );
}

function Needed({ approval: { terms, decisions } }: { readonly approval: Approval }): JSX.Element {
  const agreed = decisions.filter(({ decision }) => decision === 'approve').length;
  return (
    <>
      <ul class="plain">
        {terms.map(({ quorum, reviewers }) => <li>{quorum === 1 ? 'one person' : `${quorum} different people`}{reviewers !== undefined && <> of <Name text={reviewers} /></>}</li>)}
      </ul>
      <span class="aside">{agreed === 0 ? 'nobody has agreed yet' : `${counted(agreed, 'person has', 'people have')} agreed`}</span>
    </>
  );
}

/** Every text of an approval in which something could hide. */
export function textsOf({ statement, connection, schema, principal, actor, reason, decisions, rules }: Approval): readonly string[] {
  const bound = (statement?.binds ?? []).filter((each) => typeof each === 'string');
  const about = statement === undefined ? [] : [statement.canonical, ...statement.reads, ...statement.writes, ...statement.functions, ...bound, statement.asked?.canonical ?? ''];
  return [...about, connection, schema, principal.id, principal.name ?? '', actor.id, actor.name ?? '', reason, ...rules, ...decisions.map(({ comment = '' }) => comment)];
}
