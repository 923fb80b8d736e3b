import { SpanKind, SpanStatusCode, context, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { ObservedResult, ObservedOperation, ObservedAttributes } from '../../core/index.js';
import {
  createEngineEndAttributes,
  createEngineStartAttributes,
  createRequestEndAttributes,
  formatSummary,
} from './attributes.js';

/** Runs `work` inside a span that ends when the work does. */
export async function runInSpan(
  tracer: Tracer,
  what: Exclude<ObservedOperation, 'append'>,
  watched: ObservedAttributes,
  work: () => Promise<ObservedResult>,
  queryText: boolean,
): Promise<ObservedResult> {
  const active = context.active();
  const span =
    what === 'engine'
      ? tracer.startSpan(
          formatSummary(watched) ?? watched.engine ?? 'engine',
          { kind: SpanKind.CLIENT, attributes: createEngineStartAttributes(watched) },
          active,
        )
      : tracer.startSpan(`sallyport.${what}`, { kind: SpanKind.INTERNAL }, active);
  try {
    const ended = await context.with(trace.setSpan(active, span), work);
    if (span.isRecording()) describeSpan(span, what, ended, queryText);
    return ended;
  } finally {
    span.end();
  }
}

function describeSpan(span: Span, what: ObservedOperation, ended: ObservedResult, queryText: boolean): void {
  span.setAttributes(
    what === 'engine' ? createEngineEndAttributes(ended, queryText) : createRequestEndAttributes(ended),
  );
  if (ended.status === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
}
