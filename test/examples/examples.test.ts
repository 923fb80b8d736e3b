import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Runs an example by the package's own name, as a reader would, on what was built. */
function run(name: string): string {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('the package is not built: npm run build');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join('examples', name)], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('the examples run', () => {
  it('minimal.ts', () => {
    expect(run('minimal.ts').trim().split('\n')).toEqual([
      'rows [[1],[2]]',
      expect.stringMatching(/^OUT_OF_SCOPE - ACME\.FINANCE\.PAYROLL/),
      'gateway.started session.requested session.opened statement.authorized statement.executed statement.denied session.closed gateway.stopped',
    ]);
  });

  it("with-tsyringe.ts takes the team's own record and policy", () => {
    expect(run('with-tsyringe.ts').trim().split('\n')).toEqual([
      'recorded gateway.started',
      'recorded session.requested',
      'recorded session.opened',
      'completed',
      'recorded session.closed',
      'recorded gateway.stopped',
    ]);
  });

  it('agent/main.ts answers a question through MCP', () => {
    expect(run('agent/main.ts')).toMatch(
      /DENIED OUT_OF_SCOPE[\s\S]*bob agreed[\s\S]*answer: 91 orders were cancelled, worth 23181\.31\. 91 of them were cleared away/,
    );
  });

  it('custom-engine.ts is a whole engine in under 100 lines, and keeps the contract', () => {
    expect(readFileSync(join(root, 'examples/custom-engine.ts'), 'utf8').trimEnd().split('\n').length).toBeLessThan(
      100,
    );
    const lines = run('custom-engine.ts').trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(9);
    expect(lines.filter((line) => !line.startsWith('kept: '))).toEqual([]);
  });

  it('write-a-plugin.ts refuses writing outside working hours, and nothing else', async () => {
    const { workingHours } = await import('../../examples/write-a-plugin.js');
    const { createGateway } = await import('sallyport');
    const { memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } = await import('sallyport/memory');
    const open = async (hour: number, access: 'read' | 'write'): Promise<string> => {
      const gateway = await createGateway({
        connections: {
          warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: [], rows: [] })),
        },
        identity: memoryIdentity({ t: { subject: 'alice' } }),
        policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
        audit: memoryAudit(),
        plugins: [workingHours({ now: () => new Date(Date.UTC(2026, 0, 5, hour)) })],
      });
      const outcome = await gateway.open({
        credential: { scheme: 'bearer', token: 't' },
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access,
        ttlMs: 60_000,
        reason: 'a test',
      });
      await gateway.shutdown();
      return outcome.status === 'denied' ? outcome.code : outcome.status;
    };
    expect(
      await Promise.all([open(7, 'write'), open(8, 'write'), open(17, 'write'), open(18, 'write'), open(3, 'read')]),
    ).toEqual(['GUARDED', 'completed', 'completed', 'GUARDED', 'completed']);
  });
});
