import { describe, expect, it } from 'vitest';
import { composite } from '../../../src/adapters/composite/index.js';
import type { AuditSink, DeliveryMessage } from '../../../src/core/index.js';
import { never, parcels, refusal } from '../delivery-messages.js';

interface Kept extends AuditSink {
  readonly got: DeliveryMessage[];
  closed: boolean;
}

function kept(name: string, fails?: Error, ms = 0): Kept {
  const sink: Kept = {
    name,
    got: [],
    closed: false,
    async deliver(given) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (fails !== undefined) throw fails;
      sink.got.push(...given);
    },
    async close() {
      sink.closed = true;
      if (fails !== undefined) throw fails;
    },
  };
  return sink;
}

describe('several receivers as one', () => {
  it('resolves when all of them have it', async () => {
    const [one, other] = [kept('one'), kept('other', undefined, 30)];
    const sink = composite(one, other);
    await sink.deliver(parcels(3), never);
    expect([one.got.length, other.got.length, sink.name]).toEqual([3, 3, 'one_other']);
  });

  it('rejects where one does not, naming it, once the others have ended', async () => {
    const slow = kept('slow', undefined, 50);
    const sink = composite(kept('broken', new Error('no')), slow);
    expect(await refusal(sink, parcels(2))).toMatchObject({ code: 'AUDIT_UNAVAILABLE', detail: { sinks: 'broken' } });
    expect(slow.got).toHaveLength(2);
  });

  it('one that throws at once is no different', async () => {
    const rude: AuditSink = {
      name: 'rude',
      deliver: () => {
        throw new Error('at once');
      },
    };
    const other = kept('other');
    expect(await refusal(composite(rude, other), parcels(1))).toMatchObject({ detail: { sinks: 'rude' } });
    expect(other.got).toHaveLength(1);
  });

  it('hands each the same parcels and the signal, and names all that fail, with their causes', async () => {
    const given = parcels(2);
    const seen: unknown[] = [];
    const looks = (name: string): AuditSink => ({
      name,
      async deliver(...each) {
        seen.push(...each);
        throw new Error(`no from ${name}`);
      },
    });
    const error = await refusal(composite(looks('one'), looks('other')), given);
    expect(error).toMatchObject({
      detail: { sinks: 'one, other' },
      cause: { errors: [{ message: 'no from one' }, { message: 'no from other' }] },
    });
    expect(seen.map((each) => each === given || each === never)).toEqual([true, true, true, true]);
  });

  it('all get it again where one failed', async () => {
    const other = kept('other');
    let down = true;
    const flaky: AuditSink = {
      name: 'flaky',
      deliver: () => (down ? Promise.reject(new Error('down')) : Promise.resolve()),
    };
    const sink = composite(flaky, other);
    expect(await refusal(sink, parcels(1))).toMatchObject({ detail: { sinks: 'flaky' } });
    down = false;
    await sink.deliver(parcels(1), never);
    expect(other.got.map(({ id }) => id)).toEqual(['e-1', 'e-1']);
  });

  it('closes where one has nothing to close', async () => {
    const other = kept('other');
    await composite({ name: 'bare', deliver: async () => undefined }, other).close?.();
    expect(other.closed).toBe(true);
  });

  it('closes all of them, whatever one says', async () => {
    const [one, other] = [kept('one', new Error('no')), kept('other')];
    await expect(composite(one, other).close?.()).rejects.toMatchObject({ detail: { sinks: 'one' } });
    expect([one.closed, other.closed]).toEqual([true, true]);
  });

  it('has one name whatever their order, and refuses none, two of a name, and names too long together', () => {
    expect(composite(kept('b'), kept('a')).name).toBe('a_b');
    for (const sinks of [[], [kept('a'), kept('a')], [kept('a'.repeat(40)), kept('b'.repeat(40))]]) {
      expect(() => composite(...sinks)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
    }
  });
});
