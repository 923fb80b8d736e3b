import { z } from 'zod';
import { explainBody, statementBody } from '../../../mount/asked.js';

const session = z.string().min(1).max(255).meta({ description: 'the id that open_session answered with' });
const from = z.int().min(0).max(1_000_000).exactOptional().meta({ description: 'a whole number: where to go on, as "next" of the answer before says' });

/** What the tools take that work in a session. */
export const ofSession = z.strictObject({ session });
export const ofSessionFrom = z.strictObject({ session, from });
export const recordAsked = z.strictObject({
  session, from: z.string().min(1).max(255).exactOptional().meta({ description: 'a text: where to go on, as "next" of the answer before says' }),
});
export const statementAsked = statementBody.extend({
  session,
  idempotency_key: z.string().min(1).max(255).exactOptional().meta({ description: 'a name of your own for this statement, 1 to 255 characters: what changes something runs once under it, however often you ask' }),
});
export const explainAsked = explainBody.extend({ session });
export const moreAsked = z.strictObject({ session, more: z.string().min(1).max(255).meta({ description: 'the handle that the answer before gave as "more"' }) });
