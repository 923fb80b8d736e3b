import { z } from 'zod';
import { explainBody, statementBody } from '../../../http/server/request-schemas.js';

const session = z.string().min(1).max(255).meta({ description: 'the id that open_session answered with' });
const from = z
  .int()
  .min(0)
  .max(1_000_000)
  .exactOptional()
  .meta({ description: 'a whole number: where to go on, as "next" of the answer before says' });

/** What the tools take that work in a session. */
export const sessionInput = z.strictObject({ session });
export const sessionPageInput = z.strictObject({ session, from });
export const recordInput = z.strictObject({
  session,
  from: z
    .string()
    .min(1)
    .max(255)
    .exactOptional()
    .meta({ description: 'a text: where to go on, as "next" of the answer before says' }),
});
export const statementInput = statementBody.extend({
  session,
  idempotency_key: z.string().min(1).max(255).exactOptional().meta({
    description:
      'a name of your own for this statement, 1 to 255 characters: what changes something runs once under it, however often you ask',
  }),
});
export const explainInput = explainBody.extend({ session });
export const moreRowsInput = z.strictObject({
  session,
  more: z.string().min(1).max(255).meta({ description: 'the handle that the answer before gave as "more"' }),
});
