import { z } from 'zod';
import { deny } from '../../core/index.js';
import type { HttpDenial } from './problem.js';

/** What a body must be: a schema, with a sentence for each field. */
export interface InputSchema<T> {
  readonly schema: z.ZodType<T>;
  /** As JSON Schema 2020-12, for the contract. */
  readonly json: z.core.JSONSchema.BaseSchema;
}

export function createInputSchema<T>(schema: z.ZodType<T>): InputSchema<T> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return { schema, json };
}

/** How the caller knows what is checked, and where its form is told. */
export interface InputLabel {
  readonly what: string;
  readonly hint: string;
}

const bodyLabel: InputLabel = { what: 'body', hint: 'The contract is at openapi.json below the same prefix.' };

/** The value in its form, or what is wrong with it; nothing of the value is repeated. */
export function validateInput<T>(
  { schema, json }: InputSchema<T>,
  value: unknown,
  { what, hint }: InputLabel = bodyLabel,
): { readonly value: T } | HttpDenial {
  const invalid = (reason: string, message: string): HttpDenial => ({
    denied: deny('INVALID_REQUEST', message, { reason, hint }),
  });
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const fields = json.properties ?? {};
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys')
    return invalid(
      'request.unknown_field',
      `The ${what} has a field that is not one of: ${Object.keys(fields).join(', ') || 'none'}.`,
    );
  const field = String(issue?.path[0] ?? '');
  const description = (fields[field] as { description?: string } | undefined)?.description;
  if (description === undefined) return invalid('request.body', `The ${what} must be a JSON object.`);
  return invalid(`request.${field}`, `${field} must be ${description}.`);
}
