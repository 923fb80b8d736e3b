import { isSpanContextValid, metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { readOptions, type Json, type Observer, type OptionNames, type Plugin } from '../../core/index.js';
import { createMeasure } from './measures.js';
import { schemaUrl, scopeName, scopeVersion } from './names.js';
import { inSpan } from './spans.js';

/** All optional: by default the process's registered providers are used. */
export interface OpenTelemetryOptions {
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  /** Whether engine spans carry the statement with every literal replaced (`db.query.text`); true by default. */
  readonly queryText?: boolean;
}

const names: OptionNames<OpenTelemetryOptions> = { tracerProvider: true, meterProvider: true, queryText: true };

/**
 * Traces and measures what the gateway does, by the stable database conventions (OpenTelemetry semantic conventions 1.45.0). It never
 * carries a credential, bind, literal, row, principal or actor, and it changes nothing. The record gets the ids of trace and span as `context.opentelemetry`. Register the SDK before the gateway is created.
 */
export function opentelemetry(options: OpenTelemetryOptions = {}): Plugin {
  const { tracerProvider, meterProvider, queryText = true } = readOptions<OpenTelemetryOptions>(options, names, 'opentelemetry');
  return {
    name: 'opentelemetry',
    setup(host) {
      // `trace.getTracer` drops the schema URL, so the provider is asked itself.
      const tracer = (tracerProvider ?? trace.getTracerProvider()).getTracer(scopeName, scopeVersion, { schemaUrl });
      const measure = createMeasure((meterProvider ?? metrics.getMeterProvider()).getMeter(scopeName, scopeVersion, { schemaUrl }));
      const observer: Observer = async (what, watched, work) => {
        const began = performance.now();
        const ended = await (what === 'append' ? work() : inSpan(tracer, what, watched, work, queryText));
        measure(what, ended, (performance.now() - began) / 1_000);
      };
      host.observe(observer);
      host.inform(traced);
    },
  };
}

/** So that an event can be found from its trace, and the other way round. */
function traced(): Readonly<Record<string, Json>> {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined || !isSpanContextValid(span) ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
