import { AccessError, type FaultCode } from '../errors.js';
import { deepFreeze } from '../data/deep-freeze.js';
import {
  statementKinds,
  type Analysis,
  type Approval,
  type Decision,
  type Identity,
  type Json,
  type ObjectRef,
} from '../model.js';
import type { Execution } from '../ports.js';

/*
 * What adapters answer, held against the contract. A type says nothing about what a plain-JavaScript adapter returns at
 * run time, and
 * an answer of another shape must never be taken for a yes.
 */

/** The identity as frozen facts. Throws IDENTITY_UNAVAILABLE unless it is one. */
export function checkIdentity(answer: Identity): Identity {
  return validateOutput(
    answer,
    'IDENTITY_UNAVAILABLE',
    ({ principal, actor, expiresAt, client, tokenId, scopes = [], audience = [] }) =>
      [principal, actor].every(
        (each) => isNonEmptyString(each.id) && isNonEmptyString(each.subject) && isNonEmptyString(each.issuer),
      ) &&
      typeof expiresAt === 'number' &&
      [client, tokenId].every((each) => each === undefined || isNonEmptyString(each)) &&
      isStringArray(scopes) &&
      isStringArray(audience),
  );
}

/** The analysis as frozen facts. Throws ANALYSIS_UNAVAILABLE unless it is one. */
export function checkAnalysis(answer: Analysis): Analysis {
  return validateOutput(
    answer,
    'ANALYSIS_UNAVAILABLE',
    (given) =>
      statementKinds.includes(given.kind) &&
      typeof given.operation === 'string' &&
      isNonEmptyString(given.canonical) &&
      isNonEmptyString(given.digest) &&
      (given.rendered === undefined ||
        (isNonEmptyString(given.rendered.text) && isNonEmptyString(given.rendered.digest))) &&
      typeof given.redacted === 'string' &&
      typeof given.summary === 'string' &&
      [given.reads, given.writes].every((each) => Array.isArray(each) && each.every(isObjectRef)) &&
      isStringArray(given.functions) &&
      isStringArray(given.placeholders ?? []),
  );
}

/** The decision as frozen facts. Throws POLICY_UNAVAILABLE unless it is one. */
export function checkDecision(answer: Decision): Decision {
  return validateOutput(
    answer,
    'POLICY_UNAVAILABLE',
    (given) =>
      (given.effect === 'deny' ||
        (given.effect === 'permit' &&
          Array.isArray(given.obligations) &&
          given.obligations.every(
            (each) => isNonEmptyString(each.type) && (each.rule === undefined || isNonEmptyString(each.rule)),
          ))) &&
      isStringArray(given.rules) &&
      typeof given.policyVersion === 'string',
  );
}

/** The consent as frozen facts. Throws APPROVAL_UNAVAILABLE unless it is one. */
export function checkApproval(answer: Approval): Approval {
  return validateOutput(
    answer,
    'APPROVAL_UNAVAILABLE',
    (given) =>
      isNonEmptyString(given.ticket) &&
      typeof given.digest === 'string' &&
      isStringArray(given.reviewers) &&
      given.reviewers.length > 0 &&
      (given.expiresAt === undefined || typeof given.expiresAt === 'number'),
  );
}

/** The execution as it is. Throws ENGINE_UNAVAILABLE unless it has an id, columns and rows to pull. */
export function checkExecution(answer: Execution): Execution {
  const whole =
    isNonEmptyString(answer?.queryId) &&
    Array.isArray(answer.columns) &&
    typeof answer.batches?.[Symbol.asyncIterator] === 'function';
  if (!whole)
    throw new AccessError('ENGINE_UNAVAILABLE', 'the adapter answered something that its contract does not allow');
  return answer;
}

function validateOutput<T>(answer: T, code: FaultCode, holds: (given: T) => boolean): T {
  try {
    const given = deepFreeze(answer);
    if (holds(given)) return given;
  } catch {
    // Not plain data, or not even an object: as good as no answer.
  }
  throw new AccessError(code, 'the adapter answered something that its contract does not allow');
}

function isObjectRef(value: ObjectRef): boolean {
  return isNonEmptyString(value.database) && isNonEmptyString(value.schema) && isNonEmptyString(value.name);
}

function isStringArray(value: Json | readonly string[]): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
