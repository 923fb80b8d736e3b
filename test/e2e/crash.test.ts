import { describe, expect, it } from 'vitest';
import { place, quick, service, slow } from './http-client.js';

describe('kill -9 while a statement runs', () => {
  it('leaves a journal that opens, an intent that is answered, and no session', async () => {
    const directory = place();
    const first = await service(directory);
    const {
      json: { id },
    } = await first.open();
    expect((await first.run(id, quick)).json['rows']).toEqual([[200_000]]);
    const running = first.run(id, slow).catch(() => 'gone');
    await expect.poll(() => first.record(id)).toContainEqual(['statement.authorized', undefined]);
    await expect
      .poll(async () => (await first.record(id)).filter(([code]) => code === 'statement.authorized').length)
      .toBe(2);
    await first.stop('SIGKILL');
    expect(await running).toBe('gone');

    const second = await service(directory);
    expect(second.recovered).toEqual({ statements: 1, sessions: 1 });
    expect((await second.record(id)).map(([code]) => code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'statement.authorized',
      'statement.unresolved',
      'session.closed',
    ]);
    expect((await second.run(id, quick)).status).toBe(404);
    expect((await second.ask('GET', `/sessions/${String(id)}`)).status).toBe(404);
    expect(await second.record(id, 'b')).toEqual([]);
    await second.stop('SIGTERM');

    const third = await service(directory);
    expect(third.recovered).toEqual({ statements: 0, sessions: 0 });
  });
});

describe('SIGTERM while a statement runs', () => {
  it('cancels it, closes the session and says so in the record', async () => {
    const directory = place();
    const first = await service(directory);
    const {
      json: { id },
    } = await first.open();
    const running = first.run(id, slow);
    await expect.poll(() => first.record(id)).toContainEqual(['statement.authorized', undefined]);
    const stopped = first.stop('SIGTERM');
    const { status, json } = await running;
    expect([
      [503, 'SHUTTING_DOWN'],
      [410, 'SESSION_CLOSED'],
    ]).toContainEqual([status, json['code']]);
    await stopped;
    const second = await service(directory);
    expect(second.recovered).toEqual({ statements: 0, sessions: 0 });
    expect((await second.record(id)).map(([code]) => code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.failed',
      'session.closed',
    ]);
  });
});
