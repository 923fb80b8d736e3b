import type { JSX } from 'preact';
import type { Approval } from '../api-types.js';
import { Fact, Facts, NameList, Timestamp, Identity } from '../components/facts.js';
import { formatRoute } from '../route.js';
import { Name } from '../text/safe-text.js';
import { formatCount } from '../messages.js';

/** Facts from the gateway out by itself about what is asked for. */
export function ApprovalFacts({ approval }: { readonly approval: Approval }): JSX.Element {
  const {
    statement,
    connection,
    schema,
    access,
    ttlSeconds,
    session,
    principal,
    actor,
    rules,
    requestedAt,
    expiresAt,
    digest,
  } = approval;
  return (
    <Facts>
      <Fact what="Actor">{<Identity who={actor} />}</Fact>
      <Fact what="For">
        {actor.id === principal.id ? (
          <span class="aside">itself: no separate principal</span>
        ) : (
          <Identity who={principal} />
        )}
      </Fact>
      <Fact what="Connection">
        <Name text={connection} />
      </Fact>
      <Fact what="Schema">
        <Name text={schema} />, to {access}
      </Fact>
      {statement !== undefined && (
        <Fact what="Writes">
          <NameList names={statement.writes} none="nothing" />
        </Fact>
      )}
      {statement !== undefined && (
        <Fact what="Reads">
          <NameList names={statement.reads} none="nothing" />
        </Fact>
      )}
      {statement !== undefined && statement.functions.length > 0 && (
        <Fact what="Functions">
          <NameList names={statement.functions} />
        </Fact>
      )}
      {ttlSeconds !== undefined && <Fact what="Open for">{formatCount(ttlSeconds, 'second')} at most</Fact>}
      <Fact what="Rules">
        <NameList names={rules} />
      </Fact>
      <Fact what="Needs">
        <RequiredReviewers approval={approval} />
      </Fact>
      <Fact what="Asked">
        <Timestamp at={requestedAt} />
      </Fact>
      <Fact what="Until">
        <Timestamp at={expiresAt} />
      </Fact>
      {session !== undefined && (
        <Fact what="Session">
          <a href={formatRoute({ view: 'sessions', subject: session })}>session timeline</a>
        </Fact>
      )}
      <Fact what="Digest">
        <span class="digest">{digest}</span>
      </Fact>
    </Facts>
  );
}

function RequiredReviewers({ approval: { terms, decisions } }: { readonly approval: Approval }): JSX.Element {
  const agreed = decisions.filter(({ decision }) => decision === 'approve').length;
  return (
    <>
      <ul class="plain">
        {terms.map(({ quorum, reviewers }) => (
          <li>
            {quorum === 1 ? 'one person' : `${quorum} different people`}
            {reviewers !== undefined && (
              <>
                {' '}
                of <Name text={reviewers} />
              </>
            )}
          </li>
        ))}
      </ul>
      <span class="aside">
        {agreed === 0 ? 'nobody has agreed yet' : `${formatCount(agreed, 'person has', 'people have')} agreed`}
      </span>
    </>
  );
}

/** Every text of an approval in which something could hide. */
export function collectApprovalTexts({
  statement,
  connection,
  schema,
  principal,
  actor,
  reason,
  decisions,
  rules,
}: Approval): readonly string[] {
  const bound = (statement?.binds ?? []).filter((each) => typeof each === 'string');
  const about =
    statement === undefined
      ? []
      : [
          statement.canonical,
          ...statement.reads,
          ...statement.writes,
          ...statement.functions,
          ...bound,
          statement.asked?.canonical ?? '',
        ];
  return [
    ...about,
    connection,
    schema,
    principal.id,
    principal.name ?? '',
    actor.id,
    actor.name ?? '',
    reason,
    ...rules,
    ...decisions.map(({ comment = '' }) => comment),
  ];
}
