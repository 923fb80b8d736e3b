import type { Attributes } from '@opentelemetry/api';
import type { ObservedResult, ObservedAttributes } from '../../core/index.js';
import { attributeNames } from './names.js';

const maxSummaryLength = 255;
const maxTextLength = 4_096;

export const decisionByStatus = { completed: 'allow', denied: 'deny', pending: 'approval' } as const;

/** Database and schema from general to specific, joined by `|` as the conventions ask. */
export function formatNamespace({ database, schema }: ObservedAttributes): string | undefined {
  return database === undefined || schema === undefined ? undefined : `${database}|${schema}`;
}

/** `operation target` of a statement, never its data; at most 255 characters. */
export function formatSummary({ summary }: ObservedAttributes): string | undefined {
  return summary?.slice(0, maxSummaryLength);
}

/** What a sampler may want to know before an engine call begins. */
export function createEngineStartAttributes(watched: ObservedAttributes): Attributes {
  return omitUndefinedAttributes({
    [attributeNames.system]: watched.engine,
    [attributeNames.namespace]: formatNamespace(watched),
    [attributeNames.summary]: formatSummary(watched),
    [attributeNames.address]: watched.address,
  });
}

/** The rest of an engine call's span. */
export function createEngineEndAttributes(ended: ObservedResult, queryText: boolean): Attributes {
  const { watched } = ended;
  return omitUndefinedAttributes({
    [attributeNames.statement]: watched.statement,
    [attributeNames.session]: watched.session,
    [attributeNames.queryId]: watched.queryId,
    [attributeNames.text]: queryText ? watched.redacted?.slice(0, maxTextLength) : undefined,
    ...createErrorAttributes(ended),
    [attributeNames.status]: ended.engineCode,
  });
}

/** All of a request's span: ids, the decision with its rules, the outcome. Never who asked. */
export function createRequestEndAttributes(ended: ObservedResult): Attributes {
  const { status, code, watched } = ended;
  return omitUndefinedAttributes({
    [attributeNames.session]: watched.session,
    [attributeNames.statement]: watched.statement,
    [attributeNames.connection]: watched.connection,
    [attributeNames.kind]: watched.kind,
    [attributeNames.summary]: formatSummary(watched),
    [attributeNames.outcome]: status,
    [attributeNames.decision]: status === 'failed' ? undefined : decisionByStatus[status],
    [attributeNames.reason]: status === 'denied' ? code : undefined,
    [attributeNames.rules]: watched.rules === undefined ? undefined : [...watched.rules],
    ...createErrorAttributes(ended),
    [attributeNames.plugin]: ended.plugin,
    [attributeNames.verb]: ended.verb,
  });
}

/** `error.type` is our own fault code: a closed set. A denial is an expected answer and no error. */
export function createErrorAttributes({ status, code }: ObservedResult): Attributes {
  return status === 'failed' ? { [attributeNames.error]: code ?? '_OTHER' } : {};
}

/** The attributes that have a value: an absent one is left out, not sent empty. */
export function omitUndefinedAttributes(attributes: Attributes): Attributes {
  const present: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) present[name] = value;
  return present;
}
