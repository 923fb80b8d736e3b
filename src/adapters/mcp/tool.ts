import type { CallToolResult, InputRequiredResult, StandardSchemaWithJSON, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { form, type Form } from '../../mount/check.js';
import type { Exchange } from './exchange.js';
import { listedInput, outputOf } from './forms.js';

export type Answer = CallToolResult | InputRequiredResult;

/** What a tool is, for the list of tools. */
export interface About {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** The part of the answer that is this tool's own. */
  readonly answers: Readonly<Record<string, z.ZodType>>;
}

export interface Tool<Asked = never> extends About {
  readonly form: Form<Asked>;
  readonly input: StandardSchemaWithJSON<unknown, unknown>;
  readonly output: StandardSchemaWithJSON;
  readonly run: (exchange: Exchange, asked: Asked) => Promise<Answer>;
}

/** A tool whose arguments are checked before it runs; its schemas are made once. */
export function tool<Asked>(about: About, asked: z.ZodType<Asked>, run: Tool<Asked>['run']): Tool<Asked> {
  const expected = form(asked);
  return { ...about, form: expected, input: listedInput(expected.json), output: outputOf(about.answers), run };
}
