import { z } from 'zod';
import { denials, faults } from '../../core/index.js';

const createText = (description: string) => z.string().meta({ description });
const timestamp = z.iso.datetime();
const codes = [...Object.keys(denials), ...Object.keys(faults)];

/** A session as its owner sees it. */
export const session = z.object({
  id: createText('names the session in the paths below'),
  connection: z.string(),
  engine: createText('what runs the statements: duckdb, snowflake'),
  schema: createText('DATABASE.SCHEMA'),
  access: z.enum(['read', 'write']),
  state: z.enum(['open', 'closing', 'closed']),
  principal: createText('on whose authority'),
  actor: createText('who acts'),
  reason: z.string(),
  openedAt: timestamp,
  expiresAt: timestamp.meta({ description: 'the one deadline; nothing moves it' }),
  breakGlass: z.boolean().optional().meta({ description: 'opened under the rules for emergencies' }),
  endedBy: z.enum(['agent', 'deadline', 'revoked', 'shutdown', 'fault']).optional(),
});

export const sessions = z.object({ sessions: z.array(session) });

export const connections = z.object({
  connections: z.array(
    z.object({
      name: z.string(),
      engine: z.string(),
      schemas: z.array(z.object({ schema: z.string(), access: z.array(z.enum(['read', 'write'])) })),
    }),
  ),
});

const resultHead = {
  statement: createText('the id of the statement in the record'),
  kind: z.string(),
  operation: createText('the leading verb'),
  queryId: createText("the engine's own id of it"),
  columns: z.array(
    z.object({
      name: z.string(),
      type: createText("the engine's own name of the type"),
      nullable: z.boolean().optional(),
    }),
  ),
  affected: z.int().optional().meta({ description: 'rows changed, for a write' }),
  replayed: z
    .literal(true)
    .optional()
    .meta({ description: 'it ran before under the same ticket or key, and did not run again; its rows are not kept' }),
};
const cells = z.array(z.array(z.json())).meta({
  description:
    'each row in column order; whole numbers beyond 2^53 and decimals are strings, times ISO 8601, binary base64',
});

/** A result in one piece. */
export const rows = z.object({
  ...resultHead,
  rows: cells,
  rowCount: z.int(),
  truncated: z.boolean().meta({ description: 'true when there were more rows than this answer or the policy allows' }),
  hint: z.string().optional(),
});

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(codes),
  reason: createText('a stable reason within the code').optional(),
  hint: createText('how to ask for what is lacking').optional(),
  data: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  instance: createText('urn:uuid: and the id of the request in the record'),
});

/** One line of a result in lines: the head first, then rows, and the end last. */
export const rowLine = z.union([
  z.object(resultHead),
  z.object({ rows: cells }),
  z.object({ end: z.object({ status: z.literal('complete'), rows: z.int(), truncated: z.boolean() }) }),
  z.object({ end: z.object({ status: z.literal('failed'), rows: z.int(), problem }) }),
]);

const explainedStatement = {
  kind: z.string(),
  operation: z.string(),
  canonical: createText('the text that would run; where the decision is deny, the text that was asked for'),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
};

const rewrites = z
  .array(
    z.object({
      plugin: z.string(),
      obligation: z.string(),
      rule: createText('the rule that carries the obligation').optional(),
    }),
  )
  .meta({ description: 'the plugins that rewrote the statement, in order' });

export const explanation = z.object({
  decision: z.enum(['allow', 'approval', 'deny']),
  ...explainedStatement,
  functions: z.array(z.string()),
  rewrites: rewrites.optional(),
  asked: z
    .object(explainedStatement)
    .optional()
    .meta({ description: 'what was asked for, where plugins rewrote it and their text would run' }),
  rewritten: z
    .object(explainedStatement)
    .optional()
    .meta({ description: 'what plugins made of it, where the decision is deny' }),
  rules: createText('a rule that decided').array(),
  policyVersion: z.string().optional(),
  obligations: z.array(
    z.object({ type: z.string(), value: z.json(), rule: createText('the rule that carries it').optional() }),
  ),
  denied: z
    .object({ code: z.enum(codes), reason: z.string().optional(), detail: z.string(), hint: z.string().optional() })
    .optional(),
});

export const record = z.object({
  events: z.array(
    z.looseObject({
      id: z.string(),
      code: z.string(),
      at: z.int().meta({ description: 'epoch milliseconds' }),
      data: z.record(z.string(), z.json()),
    }),
  ),
  next: createText('ask with this as `after` for the next page; absent at the end').optional(),
});

/** A person must agree first; ask again with the ticket. */
export const pending = z.object({
  status: z.literal('pending'),
  ticket: z.string(),
  message: z.string(),
  expiresAt: timestamp,
  digest: createText('of what a reviewer is shown').optional(),
});

const principalRef = z.object({ id: z.string(), name: z.string().optional() });

/** Consent that is asked for, and what became of it. */
export const approval = z.object({
  ticket: z.string(),
  state: z.enum(['pending', 'approved', 'rejected', 'expired', 'void', 'used']),
  ended: z
    .enum([
      'time',
      'session_closed',
      'session_expired',
      'session_revoked',
      'actor_suspended',
      'policy_changed',
      'gateway_stopped',
    ])
    .optional(),
  moment: z.enum(['open', 'run']),
  digest: createText('of all that is agreed to; a decision must echo it'),
  connection: z.string(),
  schema: createText('DATABASE.SCHEMA'),
  access: z.enum(['read', 'write']),
  session: z.string().optional(),
  breakGlass: z.boolean().optional().meta({ description: 'asked for under the rules for emergencies' }),
  principal: principalRef,
  actor: principalRef,
  reason: createText("the requester's own words: not to be believed"),
  statement: z
    .object({
      kind: z.string(),
      operation: z.string(),
      summary: z.string(),
      canonical: createText('the text that would run'),
      binds: z.array(z.json()),
      reads: z.array(z.string()),
      writes: z.array(z.string()),
      functions: z.array(z.string()),
      rewrites: rewrites.optional(),
      asked: z
        .object({
          kind: z.string(),
          operation: z.string(),
          summary: z.string(),
          canonical: createText('the text that the caller sent'),
          reads: z.array(z.string()),
          writes: z.array(z.string()),
        })
        .optional()
        .meta({ description: 'what was asked for, where plugins rewrote it' }),
    })
    .optional(),
  ttlSeconds: z.int().optional(),
  rules: z.array(z.string()),
  policyVersion: z.string(),
  terms: z.array(z.object({ reviewers: createText('the role they must hold').optional(), quorum: z.int() })),
  decisions: z.array(
    z.object({
      reviewer: principalRef,
      decision: z.enum(['approve', 'reject']),
      comment: z.string().optional(),
      at: timestamp,
    }),
  ),
  requestedAt: timestamp,
  expiresAt: timestamp,
  mine: z.object({
    may: z.boolean(),
    why: createText('why whoever reads this may not decide it').optional(),
    withdraw: z
      .boolean()
      .optional()
      .meta({ description: 'true where they may still reject it: consent can be taken away until it is used' }),
  }),
});

export const approvals = z.object({ approvals: z.array(approval) });

const suspensionTargets = z.array(z.object({ connection: z.string(), schemas: createText('DATABASE.SCHEMA').array() }));

/** An actor that may neither open nor run anything at some places. */
const suspension = z.object({
  actor: z.string(),
  places: suspensionTargets.meta({ description: 'as far as whoever reads this oversees them' }),
  by: principalRef,
  comment: z.string().optional(),
  suspendedAt: timestamp,
  expiresAt: timestamp,
});

export const suspensions = z.object({ suspensions: z.array(suspension) });

/** A suspension that begins. */
export const suspended = z.object({
  ...suspension.shape,
  sessions: createText('a session that was revoked').array(),
  tickets: createText('a ticket that is void now').array(),
});

/** A suspension that is over before its time. */
export const reinstated = z.object({
  actor: z.string(),
  places: suspensionTargets,
  by: principalRef,
  comment: z.string().optional(),
  reinstatedAt: timestamp,
});

/** A session opened with break-glass access. */
export const review = z.object({
  session: z.string(),
  connection: z.string(),
  schema: z.string(),
  access: z.enum(['read', 'write']),
  principal: principalRef,
  actor: principalRef,
  reason: z.string(),
  openedAt: timestamp,
  signed: z.object({ by: principalRef, comment: z.string(), at: timestamp }).optional(),
});

export const reviews = z.object({ reviews: z.array(review) });
