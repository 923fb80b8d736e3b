import { approvalTerms, type Json, type Obligation } from '../../core/index.js';
import { splitObject } from './object-pattern.js';

/** Obligations that the gateway itself reads as a number. */
const numericObligations: ReadonlySet<string> = new Set(['max_rows', 'max_bytes', 'max_ttl', 'statement_timeout']);
/** What can be asked of a session; any other obligation is a plugin's, and about a statement. */
const sessionObligations: ReadonlySet<string> = new Set(['max_rows', 'max_bytes', 'max_ttl', 'approval', 'record']);
/** Of times, milliseconds. */
const examples: Readonly<Record<string, string>> = { max_ttl: '900000', statement_timeout: '60000' };
const recordLevels: ReadonlySet<unknown> = new Set(['metadata', 'redacted', 'full']);

/**
 * Why a rule about this action and object cannot carry these obligations, with what to write instead; undefined where
 * it can.
 */
export function checkObligations(
  obligations: readonly Obligation[],
  action: string,
  object: string,
): string | undefined {
  if (obligations.length === 0) return undefined;
  if (action === 'oversee' || action.startsWith('review:'))
    return `a rule for ${action} carries no obligations: leave ${obligations[0]?.type} out`;
  const opens = isAboutOpening(action, object);
  for (const each of obligations) {
    const fault =
      checkValue(each) ?? (opens ? checkForOpening(each.type, action) : checkForStatement(each.type, action));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Break-glass access is granted for a session by a rule on a schema; a rule on what is in it is about statements. */
function isAboutOpening(action: string, object: string): boolean {
  return (
    action.startsWith('open:') || (/^breakglass:(?:read|write)$/.test(action) && splitObject(object)?.length === 2)
  );
}

function checkValue({ type, value }: Obligation): string | undefined {
  if (numericObligations.has(type) && !(Number.isSafeInteger(value) && (value as number) > 0)) {
    return `the obligation ${type} needs a positive whole number, such as ${type}=${examples[type] ?? '1000'}`;
  }
  if (type === 'record' && !recordLevels.has(value)) return 'record takes metadata, redacted or full';
  if (type !== 'approval') return undefined;
  if (value === false) return 'approval=false is no obligation: leave it out';
  return isApprovalTerms(value)
    ? undefined
    : `${JSON.stringify(value)} are no terms of approval: write role:<name>, a number of people and a time such as 15m, joined by /`;
}

function checkForOpening(type: string, action: string): string | undefined {
  if (sessionObligations.has(type)) return undefined;
  const about = type === 'statement_timeout' ? 'which ends a statement' : 'which a plugin fulfils on a statement';
  return `a rule for ${action} cannot carry ${type}, ${about}: write it on the rules for read, write, ddl or metadata`;
}

function checkForStatement(type: string, action: string): string | undefined {
  if (type !== 'max_ttl') return undefined;
  return `a rule for ${action} cannot carry max_ttl, which shortens a session: write it on a rule for open:read or open:write, or for breakglass: on a schema`;
}

function isApprovalTerms(value: Json): boolean {
  try {
    approvalTerms(value);
    return true;
  } catch {
    return false;
  }
}
