import type { Analysis, Asked, Grant } from './model.js';
import { formatObject, formatSchema } from './names.js';
import type { Ask } from './ports.js';

/** What the policy is asked before a session opens. Breaking the glass has rules of its own. */
export function opening({ schema, access, breakGlass }: Asked['open']): readonly Ask[] {
  return [{ action: `${breakGlass === true ? 'breakglass' : 'open'}:${access}`, object: formatSchema(schema) }];
}

/** What the policy is asked before a statement runs: each object by what is done to it, or the schema where there is none. */
export function running(analysis: Analysis, { scope, breakGlass }: Pick<Grant, 'scope' | 'breakGlass'>): readonly Ask[] {
  const prefix = breakGlass === true ? 'breakglass:' : '';
  const asks = [
    ...analysis.reads.map((each) => ({ action: `${prefix}${analysis.kind === 'metadata' ? 'metadata' : 'read'}`, object: formatObject(each) })),
    ...analysis.writes.map((each) => ({ action: `${prefix}${analysis.kind}`, object: formatObject(each) })),
  ];
  return analysis.writes.length === 0 && (analysis.kind !== 'read' || asks.length === 0) ? [...asks, { action: `${prefix}${analysis.kind}`, object: formatSchema(scope) }] : asks;
}
