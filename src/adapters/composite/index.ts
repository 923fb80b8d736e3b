import { AccessError, type AuditSink } from '../../core/index.js';

/**
 * Several receivers as one, at one pace: a delivery resolves when all of them have it. Where one fails it rejects with
 * AUDIT_UNAVAILABLE once the others
 * have ended, so these get it again. A journal's `ship` takes a list, where each receiver keeps its own pace: use this
 * where all must agree.
 * Its name is made of theirs: with another receiver it is another sink, which gets the record from where the journal
 * begins. Throws CONFIG_INVALID.
 */
export function composite(...sinks: readonly AuditSink[]): AuditSink {
  const name = createName(sinks);
  return {
    name,
    async deliver(messages, signal) {
      throwFailures(
        sinks,
        await Promise.allSettled(sinks.map(async (sink) => sink.deliver(messages, signal))),
        'did not take the record',
      );
    },
    async close() {
      throwFailures(sinks, await Promise.allSettled(sinks.map(async (sink) => sink.close?.())), 'did not close');
    },
  };
}

function createName(sinks: readonly AuditSink[]): string {
  if (
    sinks.some(
      (sink) => typeof (sink as Partial<AuditSink> | null)?.deliver !== 'function' || typeof sink.name !== 'string',
    )
  )
    throw createConfigError('each sink must have a name and deliver()');
  const names = sinks.map((sink) => sink.name);
  if (names.length === 0) throw createConfigError('no sink was given');
  if (new Set(names).size < names.length) throw createConfigError('two sinks have the same name');
  const name = names.toSorted().join('_');
  if (name.length > 63)
    throw createConfigError('the names of the sinks have more than 63 characters together: give them shorter ones');
  return name;
}

function throwFailures(
  sinks: readonly AuditSink[],
  results: readonly PromiseSettledResult<void>[],
  what: string,
): void {
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: sinks[index]?.name ?? '', cause: result.reason as unknown }] : [],
  );
  if (failed.length === 0) return;
  const names = failed.map(({ name }) => name).join(', ');
  throw new AccessError('AUDIT_UNAVAILABLE', `${names} ${what}`, {
    cause: new AggregateError(
      failed.map(({ cause }) => cause),
      names,
    ),
    detail: { sinks: names },
  });
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `composite: ${message}`);
}
