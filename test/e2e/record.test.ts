import { mkdirSync, renameSync, writeFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { place, quick, service, slow, type Running, type Told } from './http-client.js';

const unavailable = { status: 503, json: expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' }) as unknown };

async function nothingRuns(host: Running, session: unknown): Promise<void> {
  expect(await host.run(session, quick)).toEqual(unavailable);
  expect(await host.open()).toEqual(unavailable);
}

describe('while the record cannot be written, nothing opens and nothing runs', () => {
  it('its directory is gone; it comes back, and all goes on without a restart', async () => {
    const directory = place();
    const host = await service(directory);
    const {
      json: { id },
    } = await host.open();
    expect((await host.run(id, quick)).status).toBe(200);
    renameSync(directory, `${directory}.away`);
    await nothingRuns(host, id);
    renameSync(`${directory}.away`, directory);
    await expect.poll(async () => (await host.run(id, quick)).status).toBe(200);
    expect((await host.open()).status).toBe(201);
    const codes = (await host.record(id)).map(([code]) => code);
    expect(codes.filter((code) => code === 'statement.authorized').length).toBe(
      codes.filter((code) => code === 'statement.executed' || code === 'statement.failed').length,
    );
  });

  it('a file stands in its place', async () => {
    const directory = place();
    const host = await service(directory);
    const {
      json: { id },
    } = await host.open();
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    await nothingRuns(host, id);
    rmSync(directory);
    mkdirSync(directory);
    await expect.poll(async () => (await host.run(id, quick)).status).toBe(200);
  });

  it('it is full: what runs may still end', async () => {
    const host = await service(place(), '60000');
    const {
      json: { id },
    } = await host.open();
    await expect.poll(async () => (await host.run(id, quick)).status, { interval: 0, timeout: 20_000 }).toBe(503);
    await nothingRuns(host, id);
    expect((await host.ask('DELETE', `/sessions/${String(id)}`)).status).toBe(200);
    expect((await host.record(id)).at(-1)?.[0]).toBe('session.closed');
  });
});

/**
 * A statement of minutes in a session of seconds; in a longer one where this machine is so busy that it had not begun
 * by then.
 */
async function ranFor(host: Running, seconds: number): Promise<Told & { readonly id: unknown }> {
  const {
    json: { id },
  } = await host.open(seconds);
  const told = await host.run(id, slow);
  const began = (await host.record(id)).some(([code]) => code === 'statement.authorized');
  return began || seconds > 100 ? { ...told, id } : ranFor(host, 3 * seconds);
}

describe('a session of two seconds', () => {
  it('cancels a statement of minutes at its deadline; the answer and the record say so', async () => {
    const host = await service(place());
    // Judged once before, so that two seconds are enough to begin it on a machine that is busy.
    const {
      json: { id: before },
    } = await host.open();
    expect((await host.ask('POST', `/sessions/${String(before)}/explain`, { sql: slow })).json['decision']).toBe(
      'allow',
    );
    const { id, status, json } = await ranFor(host, 2);
    expect([status, json['code']]).toEqual([410, 'SESSION_EXPIRED']);
    await expect.poll(() => host.record(id)).toContainEqual(['session.expired', undefined]);
    expect(await host.record(id)).toContainEqual(['statement.failed', 'SESSION_EXPIRED']);
    expect((await host.run(id, quick)).json['code']).toBe('SESSION_EXPIRED');
  });
});
