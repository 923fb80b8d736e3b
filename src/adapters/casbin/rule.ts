import type { Json, Obligation } from '../../core/index.js';

/** What a rule may be about. `*`, for a deny only, is all of them. */
export const actions: readonly string[] = [
  'open:read',
  'open:write',
  'read',
  'write',
  'ddl',
  'metadata',
  'breakglass:read',
  'breakglass:write',
  'breakglass:ddl',
  'breakglass:metadata',
  'review:open',
  'review:read',
  'review:write',
  'review:ddl',
  'review:metadata',
  'oversee',
];

/** Actions on a schema as a whole. */
export const schemaActions: ReadonlySet<string> = new Set(['open:read', 'open:write', 'review:open', 'oversee']);

export interface Rule {
  /** The name given in the file, else `file#n`: the n-th rule of it, which comments and blank lines do not change. */
  readonly id: string;
  readonly subject: string;
  readonly connection: string;
  readonly object: string;
  readonly action: string;
  readonly effect: 'allow' | 'deny';
  readonly obligations: readonly Obligation[];
}

/** `subject` holds `role` on one connection; a role may hold another. */
export interface Membership {
  readonly subject: string;
  readonly role: string;
  readonly connection: string;
}

export const rolePrefix = 'role:';

export function actionCovers(pattern: string, action: string): boolean {
  return pattern === '*' || pattern === action;
}

/** Casbin's own `==` would take a list of one text for the text. */
export function sameText(left: unknown, right: unknown): boolean {
  return typeof left === 'string' && left === right;
}

/**
 * Reads `approval max_rows=1000`: names, each with a number, true, false or a word. Undefined when it cannot be read.
 */
export function parseObligations(text: string): readonly Obligation[] | undefined {
  const result: Obligation[] = [];
  for (const item of text.split(/[\s;]+/).filter((each) => each !== '')) {
    const match = /^([a-z][a-z0-9_.-]*)(?:=([\w.:/-]+))?$/.exec(item);
    if (match === null) return undefined;
    result.push({ type: match[1] as string, value: parseValue(match[2]) });
  }
  return result;
}

function parseValue(text: string | undefined): Json {
  if (text === undefined || text === 'true') return true;
  if (text === 'false') return false;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
