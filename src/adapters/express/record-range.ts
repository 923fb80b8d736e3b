import { z } from 'zod';
import { deny, type RecordRange } from '../../core/index.js';
import { validateInput, createInputSchema } from '../../http/server/validate-input.js';
import type { HttpDenial } from '../../http/server/problem.js';

/** The query of `GET /sessions/{session}/record`. */
export const recordRangeSchema = createInputSchema(
  z.strictObject({
    after: z.string().min(1).max(255).exactOptional().meta({ description: '"next" of the page before' }),
    limit: z
      .int()
      .min(1)
      .max(1_000)
      .exactOptional()
      .meta({ description: 'a whole number from 1 to 1000, the most events of the answer' }),
  }),
);

const hint = 'It takes "after" and "limit", each once.';

/** Which page of a record a query asks for, or what is wrong with it. */
export function readRange(query: string): { readonly value: RecordRange } | HttpDenial {
  const asked = new URLSearchParams(query);
  const names = [...asked.keys()];
  if (names.some((name) => name !== 'after' && name !== 'limit') || new Set(names).size < names.length) {
    return { denied: deny('INVALID_REQUEST', 'This path takes no such query.', { reason: 'request.query', hint }) };
  }
  const [after, limit] = [asked.get('after'), asked.get('limit')];
  const value = {
    ...(after === null ? {} : { after }),
    ...(limit === null ? {} : { limit: /^[1-9]\d{0,5}$/.test(limit) ? Number(limit) : limit }),
  };
  return validateInput(recordRangeSchema, value, { what: 'query', hint });
}
