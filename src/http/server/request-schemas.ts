import { z } from 'zod';

/** A lone surrogate has no UTF-8: what was analysed would not be what the engine gets. */
const isWellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value);

const createText = (longest: number, description: string) =>
  z.string().min(1).max(longest).refine(isWellFormed).meta({ description });

/** JSON numbers beyond 2^53 arrive rounded, so they are refused rather than changed. */
const exactNumber = z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value));

const ticket = createText(255, 'the ticket of an earlier 202 answer to the same request').exactOptional();
const sql = createText(1_048_576, 'one SQL statement');

/** The body of `POST /sessions`. */
export const openBody = z.strictObject({
  connection: createText(255, 'the name of a registered connection'),
  schema: createText(515, 'DATABASE.SCHEMA'),
  access: z.enum(['read', 'write']).meta({ description: '"read" or "write"' }),
  ttl: z
    .int()
    .min(1)
    .max(86_400)
    .meta({ description: 'a whole number of seconds from 1 to 86400; the session may be shorter, never longer' }),
  reason: createText(1_000, '1 to 1000 characters that say why'),
  breakGlass: z.boolean().exactOptional().meta({
    description:
      'true or false: open under the rules for emergencies; reviewers are notified at once and review it afterwards',
  }),
  ticket,
});

/** The body of `POST /sessions/{session}/statements`. */
export const statementBody = z.strictObject({
  sql,
  binds: z
    .array(z.union([z.null(), z.boolean(), exactNumber, z.string().refine(isWellFormed)]))
    .max(10_000)
    .exactOptional()
    .meta({
      description:
        'at most 10000 values for the placeholders, in order: null, booleans, strings, numbers (whole ones beyond 2^53 as strings)',
    }),
  ticket,
});

/** The body of `POST /sessions/{session}/explain`. */
export const explainBody = z.strictObject({ sql });

/** The body of `POST /approvals/{ticket}/decision`. */
export const decisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']).meta({ description: '"approve" or "reject"' }),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'the SHA-256 of what is decided on, 64 lower-case hex digits' }),
  comment: createText(1_000, '1 to 1000 characters that say why').exactOptional(),
});

/** The body of `DELETE /sessions/{session}?revoke`, where there is one. */
export const revokeBody = z.strictObject({
  comment: createText(1_000, '1 to 1000 characters that say why').exactOptional(),
});

/** The body of `POST /suspensions`. */
export const suspendBody = z.strictObject({
  actor: createText(255, 'the id of the actor, as sessions and the record name it'),
  ttl: z
    .int()
    .min(1)
    .max(2_592_000)
    .exactOptional()
    .meta({ description: 'a whole number of seconds from 1 to 2592000 (30 days), an hour where it is left out' }),
  comment: createText(1_000, '1 to 1000 characters that say why').exactOptional(),
});

/** The body of `DELETE /suspensions/{actor}`, where there is one. */
export const reinstateBody = z.strictObject({
  comment: createText(1_000, '1 to 1000 characters that say why').exactOptional(),
});

/** The body of `POST /reviews/{session}`. */
export const completeReviewBody = z.strictObject({
  comment: createText(1_000, '1 to 1000 characters that say what was found'),
});
