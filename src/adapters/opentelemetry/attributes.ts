import type { Attributes } from '@opentelemetry/api';
import type { Ended, Watched } from '../../core/index.js';
import { names } from './names.js';

const longestSummary = 255;
const longestText = 4_096;

export const decisions = { completed: 'allow', denied: 'deny', pending: 'approval' } as const;

/** Database and schema from general to specific, joined by `|` as the conventions ask. */
export function namespaceOf({ database, schema }: Watched): string | undefined {
  return database === undefined || schema === undefined ? undefined : `${database}|${schema}`;
}

/** `operation target` of a statement, never its data; at most 255 characters. */
export function summaryOf({ summary }: Watched): string | undefined {
  return summary?.slice(0, longestSummary);
}

/** What a sampler may want to know before an engine call begins. */
export function engineStart(watched: Watched): Attributes {
  return known({
    [names.system]: watched.engine, [names.namespace]: namespaceOf(watched), [names.summary]: summaryOf(watched), [names.address]: watched.address,
  });
}

/** The rest of an engine call's span. */
export function engineEnd(ended: Ended, queryText: boolean): Attributes {
  const { watched } = ended;
  return known({
    [names.statement]: watched.statement, [names.session]: watched.session, [names.queryId]: watched.queryId,
    [names.text]: queryText ? watched.redacted?.slice(0, longestText) : undefined,
    ...failureOf(ended),
    [names.status]: ended.engineCode,
  });
}

/** All of a request's span: ids, the decision with its rules, the outcome. Never who asked. */
export function requestEnd(ended: Ended): Attributes {
  const { status, code, watched } = ended;
  return known({
    [names.session]: watched.session, [names.statement]: watched.statement, [names.connection]: watched.connection,
    [names.kind]: watched.kind, [names.summary]: summaryOf(watched),
    [names.outcome]: status,
    [names.decision]: status === 'failed' ? undefined : decisions[status],
    [names.reason]: status === 'denied' ? code : undefined,
    [names.rules]: watched.rules === undefined ? undefined : [...watched.rules],
    ...failureOf(ended),
    [names.plugin]: ended.plugin,
    [names.verb]: ended.verb,
  });
}

/** `error.type` is our own fault code: a closed set. A denial is an expected answer and no error. */
export function failureOf({ status, code }: Ended): Attributes {
  return status === 'failed' ? { [names.error]: code ?? '_OTHER' } : {};
}

/** The attributes that have a value: an absent one is left out, not sent empty. */
export function known(attributes: Attributes): Attributes {
  const present: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) present[name] = value;
  return present;
}
