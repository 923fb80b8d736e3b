import type { Attributes, Meter } from '@opentelemetry/api';
import type { Ended, Watchable } from '../../core/index.js';
import { decisions, failureOf, known, namespaceOf } from './attributes.js';
import { metricNames, names } from './names.js';

/** Takes the measure of one ended piece of work that took `seconds`. */
export type Measure = (what: Watchable, ended: Ended, seconds: number) => void;

/** Bucket bounds of the database conventions, in seconds. */
const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** The instruments, made once. Attributes are closed sets or registered by an operator: no name that a caller chose. */
export function createMeasure(meter: Meter): Measure {
  const duration = (name: string, description: string) => meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: bounds } });
  const durations = {
    engine: duration(metricNames.operation, 'Duration of database client operations.'),
    statement: duration(metricNames.statement, 'Duration of a statement from receipt to its first rows.'),
    session: duration(metricNames.session, 'Duration of opening a session.'),
    append: duration(metricNames.append, 'Duration of one write to the record.'),
  };
  const decided = meter.createCounter(metricNames.decisions, { unit: '{decision}', description: 'Answers to requests: allow, deny, approval.' });

  return (what, ended, seconds) => {
    durations[what].record(seconds, aboutOf(what, ended));
    if (what !== 'session' && what !== 'statement') return;
    if (ended.status === 'failed') return;
    decided.add(1, known({ [names.what]: what, [names.decision]: decisions[ended.status], [names.reason]: ended.code }));
  };
}

function aboutOf(what: Watchable, ended: Ended): Attributes {
  const { status, watched } = ended;
  if (what === 'append') return failureOf(ended);
  if (what === 'engine') return known({ [names.system]: watched.engine, [names.namespace]: namespaceOf(watched), ...failureOf(ended) });
  return known({ [names.outcome]: status, [names.kind]: watched.kind, ...failureOf(ended) });
}
