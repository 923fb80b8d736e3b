import { readFileSync } from 'node:fs';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopeVersion } from '../../../src/adapters/opentelemetry/names.js';
import { opentelemetry } from '../../../src/adapters/opentelemetry/index.js';
import { AccessError } from '../../../src/core/index.js';
import { systemClock } from '../../../src/core/async/clock.js';
import { defaultLimits } from '../../../src/core/config.js';
import { loadPlugins } from '../../../src/core/plugins/plugin-registry.js';
import { observeOperation } from '../../../src/core/plugins/observe-operation.js';
import type { ObservedResult, ObservedAttributes } from '../../../src/core/plugin.js';
import { codeOf, house, valueOf } from '../../core/test-gateway.js';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

function recorder(sampled = true) {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    sampler: sampled ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    spans,
    tracerProvider,
    meterProvider,
    plugin: opentelemetry({ tracerProvider, meterProvider }),
    metrics: async () => {
      await reader.forceFlush();
      return points
        .getMetrics()
        .flatMap((each) => each.scopeMetrics)
        .flatMap((each) => each.metrics);
    },
  };
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const found = spans.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join(', ')}`);
  return found;
}

const secret = 'hunter2-4711';
const watched: ObservedAttributes = {
  session: 'S',
  statement: 'T',
  connection: 'warehouse',
  engine: 'snowflake',
  address: 'acme.example',
  database: 'ACME',
  schema: 'OPS',
  kind: 'read',
  operation: 'SELECT',
  summary: 'SELECT OPS.ORDERS',
  redacted: 'SELECT ID FROM OPS.ORDERS WHERE NAME = ?',
  principal: `idp:${secret}`,
  actor: `idp:${secret}`,
  rules: ['r1'],
  queryId: 'Q',
};

async function observed(end: Partial<ObservedResult>, record = recorder(), plugin = record.plugin) {
  const { observers } = await loadPlugins([plugin], { clock: systemClock, limits: defaultLimits });
  await observeOperation(
    observers,
    'engine',
    watched,
    () => Promise.resolve(1),
    () => ({ status: 'completed', watched, ...end }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return record;
}

describe('spans', () => {
  it('nest: host, statement, engine, and whatever the driver traces', async () => {
    const record = recorder();
    const tracer = record.tracerProvider.getTracer('host');
    const inner: (string | undefined)[] = [];
    const { open, run, gateway } = await house({ plugins: [record.plugin] }, () => {
      inner.push(trace.getActiveSpan()?.spanContext().spanId);
      return { columns: ['ID'], rows: [[1]] };
    });
    const id = valueOf(await open()).id;
    const host = tracer.startSpan('host', {}, ROOT_CONTEXT);
    await context.with(trace.setSpan(ROOT_CONTEXT, host), async () => valueOf(await run(id)));
    host.end();
    const spans = record.spans.getFinishedSpans();
    const statement = named(spans, 'sallyport.statement');
    const engine = spans.find((each) => each.kind === SpanKind.CLIENT);
    expect(statement.parentSpanContext?.spanId).toBe(host.spanContext().spanId);
    expect(statement.kind).toBe(SpanKind.INTERNAL);
    expect(engine?.parentSpanContext?.spanId).toBe(statement.spanContext().spanId);
    expect(inner.at(-1)).toBe(engine?.spanContext().spanId);
    expect(statement.attributes).toMatchObject({
      'sallyport.decision': 'allow',
      'sallyport.outcome': 'completed',
      'sallyport.session.id': id,
    });
    expect(named(spans, 'sallyport.session').attributes['sallyport.session.id']).toBe(id);
    await gateway.shutdown();
  });

  it('are named in the record, so that an event is found from its trace', async () => {
    const record = recorder();
    const { run, session, audit, gateway } = await house({ plugins: [record.plugin] });
    valueOf(await run(await session()));
    await gateway.shutdown();
    const statement = named(record.spans.getFinishedSpans(), 'sallyport.statement').spanContext();
    const executed = audit.events.find(({ code }) => code === 'statement.executed');
    expect(executed?.data['context']).toEqual({
      opentelemetry: { trace_id: statement.traceId, span_id: statement.spanId },
    });
  });

  it('that there are none leaves nothing in the record', async () => {
    const { session, audit } = await house({ plugins: [opentelemetry()] });
    await session();
    expect(audit.events.filter(({ data }) => 'context' in data)).toEqual([]);
  });

  it('say what the conventions ask of an engine call, and no more', async () => {
    const [span] = (await observed({})).spans.getFinishedSpans();
    expect(span?.name).toBe('SELECT OPS.ORDERS');
    expect(span?.attributes).toStrictEqual({
      'db.system.name': 'snowflake',
      'db.namespace': 'ACME|OPS',
      'db.query.summary': 'SELECT OPS.ORDERS',
      'server.address': 'acme.example',
      'db.query.text': watched.redacted,
      'sallyport.session.id': 'S',
      'sallyport.statement.id': 'T',
      'sallyport.query.id': 'Q',
    });
    expect(span?.instrumentationScope).toMatchObject({
      name: 'sallyport',
      schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
    });
  });

  it('carry a failure as codes only', async () => {
    const [span] = (
      await observed({ status: 'failed', code: 'ENGINE_REJECTED', engineCode: '002003' })
    ).spans.getFinishedSpans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toMatchObject({ 'error.type': 'ENGINE_REJECTED', 'db.response.status_code': '002003' });
    expect(span?.events).toEqual([]);
  });

  it('leave a denial without an error', async () => {
    const record = recorder();
    const { session, run, gateway } = await house({ plugins: [record.plugin] });
    expect(codeOf(await run(await session(), 'DELETE orders'))).toBe('READ_ONLY_SESSION');
    const span = named(record.spans.getFinishedSpans(), 'sallyport.statement');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({ 'sallyport.decision': 'deny', 'sallyport.reason': 'READ_ONLY_SESSION' });
    expect(span.attributes).not.toHaveProperty('error.type');
    await gateway.shutdown();
  });

  it('leave the text out where asked, and cap what is long', async () => {
    const record = recorder();
    await observed(
      {},
      record,
      opentelemetry({ tracerProvider: record.tracerProvider, meterProvider: record.meterProvider, queryText: false }),
    );
    await observed({ watched: { ...watched, redacted: 'x'.repeat(100_000) } }, record);
    const [without, long] = record.spans.getFinishedSpans();
    expect(without?.attributes).not.toHaveProperty('db.query.text');
    expect(String(long?.attributes['db.query.text'])).toHaveLength(4_096);
  });
});

describe('neutral', () => {
  it('records nothing when the sampler is off, and still measures and propagates', async () => {
    const record = recorder(false);
    const { session, run, gateway } = await house({ plugins: [record.plugin] });
    valueOf(await run(await session()));
    expect(record.spans.getFinishedSpans()).toEqual([]);
    expect((await record.metrics()).map((each) => each.descriptor.name)).toContain('sallyport.statement.duration');
    await gateway.shutdown();
  });

  it('works without an SDK', async () => {
    const { session, run, gateway } = await house({ plugins: [opentelemetry()] });
    valueOf(await run(await session()));
    await gateway.shutdown();
  });

  it('survives a tracer that throws', async () => {
    const tracerProvider = {
      getTracer: () => ({
        startSpan: () => {
          throw new Error(secret);
        },
        startActiveSpan: () => {
          throw new Error(secret);
        },
      }),
    };
    const { session, run, gateway } = await house({ plugins: [opentelemetry({ tracerProvider })] });
    valueOf(await run(await session()));
    await gateway.shutdown();
  });

  it('ends its span when the work fails', async () => {
    const record = recorder();
    const { observers } = await loadPlugins([record.plugin], { clock: systemClock, limits: defaultLimits });
    const work = observeOperation(
      observers,
      'statement',
      {},
      () => Promise.reject(new AccessError('INTERNAL')),
      () => ({ status: 'failed', code: 'INTERNAL', watched: {} }),
    );
    await expect(work).rejects.toMatchObject({ code: 'INTERNAL' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(record.spans.getFinishedSpans()).toHaveLength(1);
  });
});

describe('metrics', () => {
  it('have seconds, bounded attributes and no caller in them', async () => {
    const record = recorder();
    await observed({}, record);
    await observed({ status: 'failed', code: 'ENGINE_UNAVAILABLE', engineCode: secret }, record);
    const metric = (await record.metrics()).find((each) => each.descriptor.name === 'db.client.operation.duration');
    expect(metric?.descriptor.unit).toBe('s');
    expect(metric?.dataPoints.map((each) => each.attributes)).toStrictEqual([
      { 'db.system.name': 'snowflake', 'db.namespace': 'ACME|OPS' },
      { 'db.system.name': 'snowflake', 'db.namespace': 'ACME|OPS', 'error.type': 'ENGINE_UNAVAILABLE' },
    ]);
  });

  it('count decisions by a closed reason', async () => {
    const record = recorder();
    const { session, run, gateway } = await house({ plugins: [record.plugin] });
    const id = await session();
    await run(id);
    await run(id, 'DELETE orders');
    const counted = (await record.metrics()).find((each) => each.descriptor.name === 'sallyport.decisions');
    expect(counted?.dataPoints.map((each) => [each.attributes, each.value])).toStrictEqual([
      [{ 'sallyport.request': 'session', 'sallyport.decision': 'allow' }, 1],
      [{ 'sallyport.request': 'statement', 'sallyport.decision': 'allow' }, 1],
      [{ 'sallyport.request': 'statement', 'sallyport.decision': 'deny', 'sallyport.reason': 'READ_ONLY_SESSION' }, 1],
    ]);
    await gateway.shutdown();
  });
});

it('nothing of who asked, in any span or metric', async () => {
  const record = await observed({ status: 'failed', code: 'ENGINE_REJECTED' });
  const spans = record.spans
    .getFinishedSpans()
    .map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
  expect(JSON.stringify([spans, await record.metrics()])).not.toContain(secret);
});

it('names the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(scopeVersion).toBe(version);
});
