import { SpanKind, SpanStatusCode, context, trace, type Span, type Tracer } from '@opentelemetry/api';
import type { Ended, Watchable, Watched } from '../../core/index.js';
import { engineEnd, engineStart, requestEnd, summaryOf } from './attributes.js';

/** Runs `work` inside a span that ends when the work does. */
export async function inSpan(tracer: Tracer, what: Exclude<Watchable, 'append'>, watched: Watched, work: () => Promise<Ended>, queryText: boolean): Promise<Ended> {
  const active = context.active();
  const span = what === 'engine'
    ? tracer.startSpan(summaryOf(watched) ?? watched.engine ?? 'engine', { kind: SpanKind.CLIENT, attributes: engineStart(watched) }, active)
    : tracer.startSpan(`sallyport.${what}`, { kind: SpanKind.INTERNAL }, active);
  try {
    const ended = await context.with(trace.setSpan(active, span), work);
    if (span.isRecording()) describe(span, what, ended, queryText);
    return ended;
  } finally {
    span.end();
  }
}

function describe(span: Span, what: Watchable, ended: Ended, queryText: boolean): void {
  span.setAttributes(what === 'engine' ? engineEnd(ended, queryText) : requestEnd(ended));
  if (ended.status === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
}
