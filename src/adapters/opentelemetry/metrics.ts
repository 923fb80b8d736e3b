import type { Attributes, Meter } from '@opentelemetry/api';
import type { ObservedResult, ObservedOperation } from '../../core/index.js';
import { decisionByStatus, createErrorAttributes, omitUndefinedAttributes, formatNamespace } from './attributes.js';
import { metricNames, attributeNames } from './names.js';

/** Takes the measure of one ended piece of work that took `seconds`. */
export type RecordMetric = (what: ObservedOperation, ended: ObservedResult, seconds: number) => void;

/** Bucket bounds of the database conventions, in seconds. */
const bucketBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** The instruments, made once. Attributes are closed sets or registered by an operator: no name that a caller chose. */
export function createRecordMetric(meter: Meter): RecordMetric {
  const duration = (name: string, description: string) =>
    meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: bucketBounds } });
  const durations = {
    engine: duration(metricNames.operation, 'Duration of database client operations.'),
    statement: duration(metricNames.statement, 'Duration of a statement from receipt to its first rows.'),
    session: duration(metricNames.session, 'Duration of opening a session.'),
    append: duration(metricNames.append, 'Duration of one write to the record.'),
  };
  const decided = meter.createCounter(metricNames.decisions, {
    unit: '{decision}',
    description: 'Answers to requests: allow, deny, approval.',
  });

  return (what, ended, seconds) => {
    durations[what].record(seconds, createMetricAttributes(what, ended));
    if (what !== 'session' && what !== 'statement') return;
    if (ended.status === 'failed') return;
    decided.add(
      1,
      omitUndefinedAttributes({
        [attributeNames.what]: what,
        [attributeNames.decision]: decisionByStatus[ended.status],
        [attributeNames.reason]: ended.code,
      }),
    );
  };
}

function createMetricAttributes(what: ObservedOperation, ended: ObservedResult): Attributes {
  const { status, watched } = ended;
  if (what === 'append') return createErrorAttributes(ended);
  if (what === 'engine')
    return omitUndefinedAttributes({
      [attributeNames.system]: watched.engine,
      [attributeNames.namespace]: formatNamespace(watched),
      ...createErrorAttributes(ended),
    });
  return omitUndefinedAttributes({
    [attributeNames.outcome]: status,
    [attributeNames.kind]: watched.kind,
    ...createErrorAttributes(ended),
  });
}
