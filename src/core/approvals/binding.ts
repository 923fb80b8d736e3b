import type { Json, Obligation, Permit, Scoped } from '../model.js';
import { formatSchema } from '../data/names.js';
import { hashSha256 } from '../data/sha256.js';
import { collectApprovalTerms } from './terms.js';
import type { Ticket } from './ticket.js';

/**
 * Everything that consent to a request is bound to, by name: a request that differs in any of it is another request.
 */
export function createBinding({
  moment,
  asked,
  identity,
  scope,
  analysis,
  rewrite,
  decision,
}: Scoped): Readonly<Record<string, Json>> {
  const { principal, actor, client = null } = identity;
  const about: Readonly<Record<string, Json>> =
    'statement' in asked
      ? {
          session: asked.session,
          text: analysis?.canonical ?? null,
          ...(rewrite === undefined ? {} : { asked: rewrite.asked.canonical }),
          binds: asked.statement.binds,
        }
      : { ttl: asked.ttlMs, reason: asked.reason, breakGlass: asked.breakGlass === true };
  return {
    moment,
    principal: principal.id,
    actor: actor.id,
    client,
    connection: scope.connection,
    schema: formatSchema(scope),
    access: scope.access,
    ...about,
    policy: decision.policyVersion,
  };
}

/** What the policy said, whatever its version. */
export function serializeDecision({ rules, obligations }: Pick<Permit, 'rules' | 'obligations'>): string {
  return JSON.stringify([rules, obligations]);
}

/**
 * Whether consent covers what the policy demands now, where only the context differs: the same other obligations, and
 * terms that those of the ticket
 * include, whose time is not over.
 */
export function coversDecision(
  { decided, terms, requestedAt }: Pick<Ticket, 'decided' | 'terms' | 'requestedAt'>,
  { obligations }: Permit,
  now: number,
): boolean {
  const [, before] = JSON.parse(decided) as [unknown, readonly Obligation[]];
  if (serializeOtherObligations(before) !== serializeOtherObligations(obligations)) return false;
  return collectApprovalTerms(obligations).every(
    ({ reviewers, quorum, expiresMs = Number.POSITIVE_INFINITY }) =>
      now < requestedAt + expiresMs &&
      terms.some((each) => (reviewers === undefined || each.reviewers === reviewers) && each.quorum >= quorum),
  );
}

/**
 * What the policy demands before and after, whichever rule carries it: asked in another context, it may be something
 * else.
 */
export function listDemands({ obligations }: Pick<Permit, 'obligations'>): Json {
  return obligations.map(({ type, value }) => [type, value]);
}

/** The obligations but for consent, whichever rule carries them. */
function serializeOtherObligations(obligations: readonly Obligation[]): string {
  return JSON.stringify(
    obligations
      .filter(({ type }) => type !== 'approval')
      .map(({ type, value }) => JSON.stringify([type, value]))
      .toSorted(),
  );
}

/** The first thing that differs, but for the policy's version. */
export function findDifference(
  one: Readonly<Record<string, Json>>,
  other: Readonly<Record<string, Json>>,
): string | undefined {
  return Object.keys({ ...one, ...other }).find(
    (name) => name !== 'policy' && JSON.stringify(one[name]) !== JSON.stringify(other[name]),
  );
}

/** SHA-256 of the JSON of these values, lower-case hex. */
export function hashValues(...values: readonly Json[]): Promise<string> {
  return hashSha256(JSON.stringify(values));
}
