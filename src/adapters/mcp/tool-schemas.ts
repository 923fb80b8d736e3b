import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';
import * as answered from '../../http/server/response-schemas.js';

/**
 * Takes every argument as it is: the tool itself checks them, so that what is wrong is told as everywhere else. `json`
 * is what is listed.
 */
export function createListedInput(json: z.core.JSONSchema.BaseSchema): StandardSchemaWithJSON<unknown, unknown> {
  const schema = { type: 'object', ...json };
  return {
    '~standard': {
      version: 1,
      vendor: 'sallyport',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}

/** What a tool may answer: its own part where it completed, else what stood in the way. */
export function createOutputSchema(part: Readonly<Record<string, z.ZodType>>): StandardSchemaWithJSON {
  const optional = Object.fromEntries(Object.entries(part).map(([name, schema]) => [name, schema.optional()]));
  const schema = z.object({
    status: z.enum(['completed', 'pending', 'denied', 'failed']),
    ...optional,
    pending: pending.optional(),
    problem: problem.optional(),
  });
  // As an input schema, so that a client takes an answer that has grown a field.
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  const { validate } = schema['~standard'];
  return {
    '~standard': { version: 1, vendor: 'sallyport', validate, jsonSchema: { input: () => json, output: () => json } },
  };
}

/** Without the list of codes, which would stand in every tool. */
const problem = answered.problem.extend({ code: z.string() });
const pending = answered.pending
  .omit({ status: true })
  .extend({ reviewUrl: z.string().optional().meta({ description: 'where a reviewer decides' }) });
