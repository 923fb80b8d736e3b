import type {
  CallToolResult,
  InputRequiredResult,
  StandardSchemaWithJSON,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { createInputSchema, type InputSchema } from '../../http/server/validate-input.js';
import type { ToolCall } from './tool-call.js';
import { createListedInput, createOutputSchema } from './tool-schemas.js';

export type ToolResult = CallToolResult | InputRequiredResult;

/** What a tool is, for the list of tools. */
export interface ToolDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  /** The part of the answer that is this tool's own. */
  readonly outputSchemas: Readonly<Record<string, z.ZodType>>;
}

export interface Tool<Asked = never> extends ToolDescription {
  readonly inputSchema: InputSchema<Asked>;
  readonly input: StandardSchemaWithJSON<unknown, unknown>;
  readonly output: StandardSchemaWithJSON;
  readonly run: (exchange: ToolCall, asked: Asked) => Promise<ToolResult>;
}

/** A tool whose arguments are checked before it runs; its schemas are made once. */
export function createTool<Asked>(
  about: ToolDescription,
  asked: z.ZodType<Asked>,
  run: Tool<Asked>['run'],
): Tool<Asked> {
  const expected = createInputSchema(asked);
  return {
    ...about,
    inputSchema: expected,
    input: createListedInput(expected.json),
    output: createOutputSchema(about.outputSchemas),
    run,
  };
}
