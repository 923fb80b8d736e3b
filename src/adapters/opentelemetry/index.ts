import { isSpanContextValid, metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { readOptions, type Json, type Observer, type OptionNames, type Plugin } from '../../core/index.js';
import { createRecordMetric } from './metrics.js';
import { schemaUrl, scopeName, scopeVersion } from './names.js';
import { runInSpan } from './spans.js';

/** All optional: by default the process's registered providers are used. */
export interface OpenTelemetryOptions {
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  /** Whether engine spans carry the statement with every literal replaced (`db.query.text`); true by default. */
  readonly queryText?: boolean;
}

const optionNames: OptionNames<OpenTelemetryOptions> = { tracerProvider: true, meterProvider: true, queryText: true };

/**
 * Traces and measures what the gateway does, by the stable database conventions (OpenTelemetry semantic conventions
 * 1.45.0). It never
 * carries a credential, bind, literal, row, principal or actor, and it changes nothing. The record gets the ids of
 * trace and span as `context.opentelemetry`. Register the SDK before the gateway is created.
 */
export function opentelemetry(options: OpenTelemetryOptions = {}): Plugin {
  const {
    tracerProvider,
    meterProvider,
    queryText = true,
  } = readOptions<OpenTelemetryOptions>(options, optionNames, 'opentelemetry');
  return {
    name: 'opentelemetry',
    setup(host) {
      // `trace.getTracer` drops the schema URL, so the provider is asked itself.
      const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer(scopeName, scopeVersion, { schemaUrl });
      const measure = createRecordMetric(
        (meterProvider ?? metrics.getMeterProvider()).getMeter(scopeName, scopeVersion, { schemaUrl }),
      );
      const observer: Observer = async (what, watched, work) => {
        const began = performance.now();
        const ended = await (what === 'append' ? work() : runInSpan(tracer, what, watched, work, queryText));
        measure(what, ended, (performance.now() - began) / 1_000);
      };
      host.observe(observer);
      host.inform(readTraceContext);
    },
  };
}

/** So that an event can be found from its trace, and the other way round. */
function readTraceContext(): Readonly<Record<string, Json>> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined || !isSpanContextValid(span) ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
