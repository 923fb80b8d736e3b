import { callWithSignal } from '../../async/abort-signal.js';
import { checkApproval } from '../validate-adapter-output.js';
import { createBinding, listDemands, hashValues } from '../../approvals/binding.js';
import { createOpenActions, createStatementActions } from '../requested-actions.js';
import type { Clock } from '../../async/clock.js';
import { AccessError } from '../../errors.js';
import type { PluginRegistry } from '../../plugins/plugin-registry.js';
import type { GatewayLimits } from '../../gateway.js';
import { mintGrant } from '../../session/grant.js';
import { newId } from '../../data/id.js';
import type { Approval, Approved, Json, Scoped } from '../../model.js';
import { coreObligations, resolveMaxTtl, tightenLimits } from '../obligations.js';
import { deny, isStop, type Stop } from '../../outcome.js';
import type { ApprovalRequest, Approver } from '../../ports.js';
import type { Sessions } from '../../session/sessions.js';
import type { RequestContext } from '../context.js';

type Added = Pick<Approved, 'grant' | 'approval'>;

/** Decision -> grant: at once, or by a person's consent where the policy demands it. The only stage that mints. */
export function createApprovalStage(
  approver: Approver,
  sessions: Sessions,
  extensions: PluginRegistry,
  limits: GatewayLimits,
  clock: Clock,
) {
  const consent = async (scoped: Scoped, context: RequestContext): Promise<Approval | Stop | undefined> => {
    const terms = scoped.decision.obligations.filter((each) => each.type === 'approval').map((each) => each.value);
    if (terms.length === 0) return undefined;
    const bound = await hashValues(createBinding(scoped), listDemands(scoped.decision));
    const request = {
      facts: scoped,
      terms: terms.length === 1 ? (terms[0] as Json) : terms,
      digest: bound,
      ...about(scoped),
    };
    const answer = await callWithSignal(() => approver.seek(request, context.signal), context.signal);
    if (isStop(answer)) return answer;
    const approval = checkApproval(answer);
    const { principal, actor } = scoped.identity;
    if (approval.reviewers.includes(principal.id) || approval.reviewers.includes(actor.id))
      return deny('APPROVAL_REJECTED', 'nobody approves their own request', { reason: 'approval.self' });
    if (approval.digest !== bound) return deny('APPROVAL_EXPIRED', undefined, { reason: 'approval.digest' });
    context.eventFacts.approval = approval;
    return approval;
  };

  /** Consent is of no use for longer than what it is for. */
  const about = (scoped: Scoped): Pick<ApprovalRequest, 'reason' | 'until' | 'asks'> => {
    const { asked, identity, analysis } = scoped;
    if ('reason' in asked)
      return { reason: asked.reason, until: Number.POSITIVE_INFINITY, asks: createOpenActions(asked) };
    const session = sessions.find(asked.session, identity);
    if (session === undefined || analysis === undefined) throw new AccessError('APPROVAL_UNAVAILABLE');
    return {
      reason: session.getState().reason,
      until: session.grant.expiresAt,
      asks: createStatementActions(analysis, session.grant),
    };
  };

  const guarded = async (scoped: Scoped, added: Added, context: RequestContext): Promise<Added | Stop> =>
    (await extensions.runGuards('approval', Object.freeze({ ...scoped, ...added }), context.signal)) ?? added;

  return {
    open: async (scoped: Scoped<'open'>, context: RequestContext): Promise<Added | Stop> => {
      const unknown = scoped.decision.obligations.find(
        (each) => !coreObligations.has(each.type) || each.type === 'statement_timeout',
      );
      if (unknown !== undefined)
        return deny(
          'OBLIGATION_UNKNOWN',
          'the rule for opening carries an obligation that only a statement can fulfil',
          { reason: 'obligation.unknown' },
        );
      const approval = await consent(scoped, context);
      if (isStop(approval)) return approval;
      const { identity, asked, scope, decision } = scoped;
      const ttlMs = Math.floor(
        Math.min(asked.ttlMs, limits.maxTtlMs, resolveMaxTtl(decision.obligations), identity.expiresAt - clock.now()),
      );
      if (ttlMs <= 0) return deny('UNAUTHENTICATED', undefined, { reason: 'credential.expired' });
      const grant = mintGrant(clock, ttlMs, {
        id: newId(clock.now()),
        session: scoped.id,
        identity,
        scope,
        limits: tightenLimits(limits, decision.obligations),
        rules: decision.rules,
        policyVersion: decision.policyVersion,
        ...(asked.breakGlass === true ? { breakGlass: true } : {}),
      });
      return guarded(scoped, approval === undefined ? { grant } : { grant, approval }, context);
    },

    run: async (scoped: Scoped<'run'>, context: RequestContext): Promise<Added | Stop> => {
      // A ticket is not spent on a session that is too busy to take the statement.
      const full =
        scoped.ticket === undefined
          ? undefined
          : sessions.find(scoped.asked.session, scoped.identity)?.queue.checkCapacity();
      if (full !== undefined) return full;
      const approval = await consent(scoped, context);
      if (isStop(approval)) return approval;
      const grant = sessions.find(scoped.asked.session, scoped.identity)?.grant;
      if (grant === undefined) return deny('NOT_FOUND', undefined, { reason: 'session.unknown' });
      return guarded(scoped, approval === undefined ? { grant } : { grant, approval }, context);
    },
  };
}

/** The default approver: nobody can agree, so whatever needs agreement is denied. */
export const noApprover: Approver = {
  seek: () =>
    Promise.resolve(
      deny('APPROVAL_REQUIRED', 'this needs a reviewer to agree, and approvals are not configured', {
        reason: 'approval.not_configured',
        hint: 'Ask for something the policy permits without approval, or ask the operators to configure approvals.',
      }),
    ),
};
