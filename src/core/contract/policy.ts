import type { Identity, Principal } from '../model.js';
import type { RequestedAction, PolicyDecisionPoint, Question } from '../ports.js';
import { expectThat, type ContractCase } from './case.js';

/** What an adapter's author supplies for `policyContract`. */
export interface PolicySubject {
  /**
   * A policy on connection `warehouse` under which `idp:reader` may `open:read` `ACME.OPS` and `read`
   * `ACME.OPS.ORDERS`; `idp:agent` may the
   * same and `write` it with the obligation `approval`; nobody may read `ACME.OPS.SALARIES`, although both may read
   * everything else in `ACME.OPS`.
   */
  readonly policy: () => Promise<PolicyDecisionPoint>;
}

const createPrincipal = (subject: string): Principal => ({ id: `idp:${subject}`, subject, issuer: 'idp' });

function createQuery(
  principal: string,
  asks: readonly RequestedAction[],
  actor = principal,
  connection = 'warehouse',
): Question {
  const identity: Identity = {
    principal: createPrincipal(principal),
    actor: createPrincipal(actor),
    expiresAt: Number.MAX_SAFE_INTEGER,
  };
  return { identity, connection, asks, context: {} };
}

const createRead = (name: string): RequestedAction => ({ action: 'read', object: `ACME.OPS.${name}` });
const createWrite = (name: string): RequestedAction => ({ action: 'write', object: `ACME.OPS.${name}` });

/** The promises of `PolicyDecisionPoint`, one case each. */
export function policyContract({ policy }: PolicySubject): readonly ContractCase[] {
  const answers = (name: string, effect: 'permit' | 'deny', asked: Question): ContractCase => ({
    name,
    async run() {
      const pdp = await policy();
      const decision = await pdp.decide(asked, new AbortController().signal);
      expectThat(decision.effect === effect, `expected ${effect}, got ${decision.effect}`);
      expectThat(
        decision.policyVersion === pdp.version && pdp.version !== '',
        'the decision does not carry the version in force',
      );
      expectThat(effect === 'deny' || decision.rules.length > 0, 'a permit names no rule');
      await pdp.close?.();
    },
  });
  return [
    answers('permits what a rule permits', 'permit', createQuery('reader', [createRead('ORDERS')])),
    answers('permits opening', 'permit', createQuery('reader', [{ action: 'open:read', object: 'ACME.OPS' }])),
    answers('denies a stranger', 'deny', createQuery('stranger', [createRead('ORDERS')])),
    answers('denies what no rule names', 'deny', createQuery('reader', [createWrite('ORDERS')])),
    answers(
      'denies another schema',
      'deny',
      createQuery('reader', [{ action: 'read', object: 'ACME.FINANCE.ORDERS' }]),
    ),
    answers('denies a longer name', 'deny', createQuery('reader', [{ action: 'open:read', object: 'ACME.OPS_2' }])),
    answers('denies another connection', 'deny', createQuery('reader', [createRead('ORDERS')], 'reader', 'elsewhere')),
    answers(
      'denies what is denied, although something permits it',
      'deny',
      createQuery('reader', [createRead('SALARIES')]),
    ),
    answers(
      'denies all where one ask is denied',
      'deny',
      createQuery('reader', [createRead('ORDERS'), createRead('SALARIES')]),
    ),
    answers('denies an empty question', 'deny', createQuery('reader', [])),
    answers(
      'denies an actor who may not, for a person who may',
      'deny',
      createQuery('reader', [createRead('ORDERS')], 'stranger'),
    ),
    answers(
      'denies an actor who may, for a person who may not',
      'deny',
      createQuery('reader', [createWrite('ORDERS')], 'agent'),
    ),
    answers(
      'permits where person and actor both may',
      'permit',
      createQuery('reader', [createRead('ORDERS')], 'agent'),
    ),
    {
      name: 'hands over the obligations of what permitted',
      async run() {
        const decision = await (
          await policy()
        ).decide(createQuery('agent', [createRead('ORDERS'), createWrite('ORDERS')]), new AbortController().signal);
        expectThat(
          decision.effect === 'permit' && decision.obligations.some((each) => each.type === 'approval'),
          'the obligation is missing',
        );
      },
    },
  ];
}
