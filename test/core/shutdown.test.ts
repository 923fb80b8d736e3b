import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryAnalyzer, memoryAudit, memoryEngine } from '../../src/adapters/memory/index.js';
import { AccessError, type Connector } from '../../src/core/index.js';
import { codeOf, house, ops } from './test-gateway.js';

const never = (): Promise<never> => new Promise(() => undefined);
const engine = (more: Partial<Connector>): { readonly connections: Record<string, Connector> } => ({
  connections: { warehouse: { ...memoryEngine([ops], () => ({ columns: ['N'], rows: [[1]] })), ...more } },
});

afterEach(() => {
  vi.useRealTimers();
});

describe('shutdown', () => {
  it('answers with nothing where all went well, and the same to all who call', async () => {
    const { gateway, session, codes } = await house();
    await session();
    const [first, second] = [gateway.shutdown(), gateway.shutdown()];
    expect(await first).toEqual([]);
    expect(await second).toBe(await first);
    expect(await gateway.shutdown()).toBe(await first);
    expect(codes().filter((code) => code === 'gateway.stopped')).toHaveLength(1);
  });

  it('never rejects: each part that fails is named, and the others are closed all the same', async () => {
    const closed: string[] = [];
    const fault = new Error('a fault of its own');
    const its = {
      ...engine({ close: () => Promise.reject(fault) }),
      analyzer: {
        ...memoryAnalyzer(),
        close: () => {
          throw new AccessError('ANALYSIS_UNAVAILABLE', 'gone');
        },
      },
      audit: { ...memoryAudit(), close: async () => void closed.push('audit') },
    };
    const { gateway } = await house(its);
    const faults = await gateway.shutdown();
    expect(faults.map(({ code, message }) => [code, message])).toEqual([
      ['ANALYSIS_UNAVAILABLE', 'analyzer: did not close cleanly'],
      ['INTERNAL', 'connections.warehouse: did not close cleanly'],
    ]);
    expect(faults[1]?.cause).toBe(fault);
    expect(closed).toEqual(['audit']);
  });

  it('ends where the end cannot be recorded', async () => {
    const inner = memoryAudit();
    let away = false;
    const { gateway } = await house({
      audit: {
        ...inner,
        events: inner.events,
        append: (event) => (away ? Promise.reject(new Error('disk')) : inner.append(event)),
      } as typeof inner,
    });
    away = true;
    expect(await gateway.shutdown()).toMatchObject([
      { code: 'AUDIT_UNAVAILABLE', message: 'the record of the end: did not close cleanly' },
    ]);
  });

  it('ends in bounded time where everything hangs', async () => {
    const closed: string[] = [];
    let hanging = false;
    const its = {
      ...engine({ close: never }),
      analyzer: {
        ...memoryAnalyzer(),
        analyze: (...given: Parameters<ReturnType<typeof memoryAnalyzer>['analyze']>) =>
          hanging ? never() : memoryAnalyzer().analyze(...given),
        close: never,
      },
      plugins: [
        { name: 'slow', setup: (host: { onClose: (work: () => Promise<void>) => void }) => host.onClose(never) },
      ],
      audit: { ...memoryAudit(), close: async () => void closed.push('audit') },
    };
    const { gateway, session, run } = await house(its);
    const id = await session();
    hanging = true;
    const running = run(id);
    vi.useFakeTimers();
    const faults = gateway.shutdown();
    await vi.advanceTimersByTimeAsync(90_000);
    expect((await faults).map(({ message }) => message)).toEqual([
      'plugins: did not close cleanly',
      'analyzer: did not close cleanly',
      'connections.warehouse: did not close cleanly',
    ]);
    expect(closed).toEqual(['audit']);
    expect(['SHUTTING_DOWN', 'SESSION_CLOSED']).toContain(codeOf(await running));
  });
});
