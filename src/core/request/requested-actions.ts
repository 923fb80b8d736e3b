import type { Analysis, RequestParameters, Grant } from '../model.js';
import { formatObject, formatSchema } from '../data/names.js';
import type { RequestedAction } from '../ports.js';

/** What the policy is asked before a session opens. Break-glass access has rules of its own. */
export function createOpenActions({
  schema,
  access,
  breakGlass,
}: RequestParameters['open']): readonly RequestedAction[] {
  return [{ action: `${breakGlass === true ? 'breakglass' : 'open'}:${access}`, object: formatSchema(schema) }];
}

/** Statements of the kind `metadata` that show definitions and nothing that depends on rows. */
const definitionsOnly: ReadonlySet<string> = new Set(['DESCRIBE', 'SHOW']);

/**
 * What the policy is asked before a statement runs: each object by what is done to it, or the schema where there is
 * none. The plan that EXPLAIN
 * shows depends on what the rows hold, so that asking often enough tells them: it needs leave to read as well as
 * `metadata`.
 */
export function createStatementActions(
  analysis: Analysis,
  { scope, breakGlass }: Pick<Grant, 'scope' | 'breakGlass'>,
): readonly RequestedAction[] {
  const prefix = breakGlass === true ? 'breakglass:' : '';
  const shown = definitionsOnly.has(analysis.operation) ? ['metadata'] : ['metadata', 'read'];
  const reading = analysis.kind === 'metadata' ? shown : ['read'];
  const asks = [
    ...analysis.reads.flatMap((each) =>
      reading.map((action) => ({ action: `${prefix}${action}`, object: formatObject(each) })),
    ),
    ...analysis.writes.map((each) => ({ action: `${prefix}${analysis.kind}`, object: formatObject(each) })),
  ];
  return analysis.writes.length === 0 && (analysis.kind !== 'read' || asks.length === 0)
    ? [...asks, { action: `${prefix}${analysis.kind}`, object: formatSchema(scope) }]
    : asks;
}
