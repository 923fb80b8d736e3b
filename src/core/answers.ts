import { AccessError, type FaultCode } from './errors.js';
import { facts } from './freeze.js';
import { statementKinds, type Analysis, type Approval, type Decision, type Identity, type Json, type ObjectRef } from './model.js';
import type { Execution } from './ports.js';

/*
 * What adapters answer, held against the contract. A type says nothing about what a plain-JavaScript adapter returns at run time, and
 * an answer of another shape must never be taken for a yes.
 */

/** The identity as frozen facts. Throws IDENTITY_UNAVAILABLE unless it is one. */
export function checkIdentity(answer: Identity): Identity {
  return checked(answer, 'IDENTITY_UNAVAILABLE', ({ principal, actor, expiresAt, client, tokenId, scopes = [], audience = [] }) =>
    [principal, actor].every((each) => isText(each.id) && isText(each.subject) && isText(each.issuer)) && typeof expiresAt === 'number' && [client, tokenId].every((each) => each === undefined || isText(each)) && isTexts(scopes) && isTexts(audience));
}

/** The analysis as frozen facts. Throws ANALYSIS_UNAVAILABLE unless it is one. */
export function checkAnalysis(answer: Analysis): Analysis {
  return checked(answer, 'ANALYSIS_UNAVAILABLE', (given) =>
    statementKinds.includes(given.kind) && typeof given.operation === 'string' && isText(given.canonical) && isText(given.digest) && (given.rendered === undefined || (isText(given.rendered.text) && isText(given.rendered.digest))) && typeof given.redacted === 'string' &&
    typeof given.summary === 'string' && [given.reads, given.writes].every((each) => Array.isArray(each) && each.every(isObject)) && isTexts(given.functions) &&
    isTexts(given.placeholders ?? []));
}

/** The decision as frozen facts. Throws POLICY_UNAVAILABLE unless it is one. */
export function checkDecision(answer: Decision): Decision {
  return checked(answer, 'POLICY_UNAVAILABLE', (given) =>
    (given.effect === 'deny' || (given.effect === 'permit' && Array.isArray(given.obligations) && given.obligations.every((each) => isText(each.type) && (each.rule === undefined || isText(each.rule))))) &&
    isTexts(given.rules) && typeof given.policyVersion === 'string');
}

/** The consent as frozen facts. Throws APPROVAL_UNAVAILABLE unless it is one. */
export function checkApproval(answer: Approval): Approval {
  return checked(answer, 'APPROVAL_UNAVAILABLE', (given) => isText(given.ticket) && typeof given.digest === 'string' && isTexts(given.reviewers) && given.reviewers.length > 0 && (given.expiresAt === undefined || typeof given.expiresAt === 'number'));
}

/** The execution as it is. Throws ENGINE_UNAVAILABLE unless it has an id, columns and rows to pull. */
export function checkExecution(answer: Execution): Execution {
  const whole = isText(answer?.queryId) && Array.isArray(answer.columns) && typeof answer.batches?.[Symbol.asyncIterator] === 'function';
  if (!whole) throw new AccessError('ENGINE_UNAVAILABLE', 'the adapter answered something that its contract does not allow');
  return answer;
}

function checked<T>(answer: T, code: FaultCode, holds: (given: T) => boolean): T {
  try {
    const given = facts(answer);
    if (holds(given)) return given;
  } catch {
    // Not plain data, or not even an object: as good as no answer.
  }
  throw new AccessError(code, 'the adapter answered something that its contract does not allow');
}

function isObject(value: ObjectRef): boolean {
  return isText(value.database) && isText(value.schema) && isText(value.name);
}

function isTexts(value: Json | readonly string[]): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
