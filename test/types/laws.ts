/* What must not compile. Checked by `npm run types`: each line under a directive must be an error, or the directive is one. */
import type { Approved, Deny, Grant, Identified, Permit, Plugin, Received, Scoped } from '../../src/core/index.js';
import type { createApprovalStage } from '../../src/core/request/stages/approval.js';
import type { createExecuteStage } from '../../src/core/request/stages/execute.js';
import type { createScopeStage } from '../../src/core/request/stages/scope.js';
import type { RequestContext } from '../../src/core/request/context.js';

declare const trip: RequestContext;
declare const received: Received<'run'>;
declare const identified: Identified<'run'>;
declare const scoped: Scoped<'run'>;
declare const permit: Permit;
declare const scope: ReturnType<typeof createScopeStage>;
declare const approval: ReturnType<typeof createApprovalStage>;
declare const execute: ReturnType<typeof createExecuteStage>;

// @ts-expect-error A stage cannot be asked before its facts are known.
void scope.run(received, trip);
// @ts-expect-error Nor approval before scope.
void approval.run(identified, trip);
// @ts-expect-error Nor execution before approval: there is no grant.
void execute.run(scoped, trip);

// @ts-expect-error A grant cannot be written down by hand.
export const forged: Grant = {
  id: 'g',
  session: 's',
  identity: identified.identity,
  scope: scoped.scope,
  limits: { maxRows: 1, maxBytes: 1 },
  rules: [],
  policyVersion: '',
  issuedAt: 0,
  expiresAt: 1,
};
export const borrowed = (facts: Approved<'run'>): Grant => facts.grant;

export const permitting: Plugin = {
  name: 'permitting',
  setup(host) {
    // @ts-expect-error A guard cannot permit.
    host.guard('scope', () => permit);
    // @ts-expect-error Nor answer with a boolean.
    host.guard('scope', () => true);
    // @ts-expect-error There is no stage after which it comes too late.
    host.guard('execute', () => undefined);
    // @ts-expect-error Facts that are not known yet cannot be read.
    host.guard('identity', ({ decision }) => (decision === permit ? undefined : undefined));
    // @ts-expect-error Nor a grant, before anybody has agreed.
    host.guard('scope', ({ grant }) => grant);
    // @ts-expect-error A statement's text is what was analysed; a guard cannot hand out another.
    host.guard('approval', ({ asked }) => ({ ...asked, sql: 'SELECT 1' }));
    // @ts-expect-error What is informed is plain data.
    host.inform(() => ({ when: new Date() }));
    // @ts-expect-error An observer is shown no grant and no binds.
    host.observe((_what, watched) => watched.grant);
    host.guard('scope', (facts) => {
      // @ts-expect-error Facts are read-only.
      facts.decision = permit;
      return undefined;
    });
  },
};

// @ts-expect-error A deny carries no obligations to be bargained with.
export const bargain = (deny: Deny): unknown => deny.obligations;
