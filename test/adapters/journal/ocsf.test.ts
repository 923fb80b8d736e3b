import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { canonicalize } from '../../../src/adapters/ocsf/canonical.js';
import { escapeInvisible } from '../../../src/adapters/ocsf/escape-invisible.js';
import { computeFingerprint } from '../../../src/adapters/ocsf/fingerprint.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { auditContract, sampleEvent } from '../../../src/core/contract/index.js';
import { place, segmentsIn } from './test-directory.js';

interface Line {
  readonly checkpoint?: string;
  readonly metadata: { readonly uid: string; readonly sequence: number; readonly event_code: string };
  readonly unmapped: {
    readonly sallyport: { readonly before?: { readonly sequence: number; readonly fingerprint: string } };
  };
  readonly attestation_list: readonly [
    {
      readonly chain_uid: string;
      readonly prev_event?: { readonly uid: string; readonly fingerprint: { readonly value: string } };
      readonly fingerprint: { readonly value: string };
    },
  ];
}

const linesIn = (directory: string): string[] =>
  segmentsIn(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));
const parsedIn = (directory: string): Line[] => linesIn(directory).map((line) => JSON.parse(line) as Line);
const eventsIn = (directory: string): Line[] => parsedIn(directory).filter((line) => line.checkpoint === undefined);
const claims = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('the journal in OCSF keeps the audit contract', () => {
  let directory = '';
  const subject = {
    open: () => {
      directory = place();
      return journal({ directory, segmentBytes: 16_384, checkpointEvents: 3 });
    },
    reopen: () => journal({ directory, segmentBytes: 16_384, checkpointEvents: 3 }),
  };
  it.each(auditContract(subject))('$name', (each) => each.run());
});

describe('the chain on disk', () => {
  it('links every event to the one before, from 1, in canonical form, and the next start names where it ended', async () => {
    const directory = place();
    for (let run = 0; run < 3; run += 1) {
      const log = await journal({ directory });
      await Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          log.append(sampleEvent('statement.delivered', { session: 's', statement: `t${index}` })),
        ),
      );
      await log.close?.();
    }
    let last: Line | undefined;
    for (const line of eventsIn(directory)) {
      const [attestation] = line.attestation_list;
      const first = line.metadata.sequence === 1;
      expect(computeFingerprint(line as never, attestation.fingerprint.value).fingerprint).toBe(
        attestation.fingerprint.value,
      );
      expect(attestation.prev_event?.fingerprint.value).toBe(
        first ? undefined : last?.attestation_list[0].fingerprint.value,
      );
      expect(attestation.prev_event?.uid).toBe(first ? undefined : last?.metadata.uid);
      expect(line.metadata.sequence).toBe(first ? 1 : (last?.metadata.sequence ?? 0) + 1);
      if (first && last !== undefined)
        expect(line.unmapped.sallyport.before).toMatchObject({
          sequence: 300,
          fingerprint: last.attestation_list[0].fingerprint.value,
        });
      last = line;
    }
    for (const line of linesIn(directory))
      if (!line.startsWith('{"checkpoint"')) expect(line).toBe(escapeInvisible(canonicalize(JSON.parse(line))));
    expect(new Set(eventsIn(directory).map((line) => line.attestation_list[0].chain_uid)).size).toBe(3);
  });

  it('is sealed after so many events and at the end, each checkpoint linked to the last, across starts', async () => {
    const directory = place();
    for (let run = 0; run < 2; run += 1) {
      const log = await journal({ directory, checkpointEvents: 10 });
      const count = (): number => parsedIn(directory).filter(({ checkpoint }) => checkpoint !== undefined).length;
      for (let index = 0; index < 25; index += 1) {
        const before = count();
        await log.append(sampleEvent('session.opened', { session: `s${index}` }));
        // Signing takes its time beside the appends.
        if (index % 10 === 9) await expect.poll(count).toBeGreaterThan(before);
      }
      await log.close?.();
    }
    const { createHash } = await import('node:crypto');
    const sealed = parsedIn(directory).flatMap(({ checkpoint }) => (checkpoint === undefined ? [] : [checkpoint]));
    expect(sealed.length).toBeGreaterThanOrEqual(6);
    sealed.forEach((jws, index) => {
      const before = sealed[index - 1];
      expect(claims(jws)['prev']).toBe(
        before === undefined ? undefined : createHash('sha256').update(before).digest('hex'),
      );
    });
    expect(sealed.map((jws) => claims(jws)['reason']).filter((reason) => reason === 'close')).toHaveLength(2);
    expect(claims(sealed.at(-1) ?? '')).toMatchObject({
      seq: 25,
      head: eventsIn(directory).at(-1)?.attestation_list[0].fingerprint.value,
    });
  });

  it('has no hole where a write failed: what is rejected is not in it', async () => {
    const directory = place();
    const log = await journal({ directory, maxBytes: 40_000, reserveBytes: 12_000, segmentBytes: 5_000 });
    const ends = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        log.append(
          sampleEvent(index % 2 === 0 ? 'statement.authorized' : 'statement.executed', {
            session: 's',
            statement: `t${index}`,
          }),
        ),
      ),
    );
    await log.close?.();
    expect(ends.some((end) => end.status === 'rejected')).toBe(true);
    const sequences = eventsIn(directory).map((line) => line.metadata.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    const written = eventsIn(directory).filter((line) => line.metadata.event_code.startsWith('statement.')).length;
    expect(written).toBe(ends.filter((end) => end.status === 'fulfilled').length);
  });
});

describe('keys', () => {
  it('are made once, the secret ones for their owner only', async () => {
    const directory = place();
    await (await journal({ directory })).close?.();
    const made = readFileSync(join(directory, 'keys.json'), 'utf8');
    await (await journal({ directory })).close?.();
    expect(readFileSync(join(directory, 'keys.json'), 'utf8')).toBe(made);
    expect(statSync(join(directory, 'keys.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'jwks.json'), 'utf8')).not.toContain('"d"');
  });

  it('that cannot be read refuse the start', async () => {
    const directory = place();
    await (await journal({ directory })).close?.();
    const { writeFileSync } = await import('node:fs');
    for (const text of [
      '',
      '{}',
      'null',
      '{"v":1,"signing":{"kty":"OKP"},"since":1,"hmac":{"id":"k","secret":"AAAA"}}',
    ]) {
      writeFileSync(join(directory, 'keys.json'), text);
      await expect(journal({ directory })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });
});

it('a clock that is set back, in a run or between two, makes no checkpoint older than the one before it', async () => {
  const directory = place();
  const now = Date.now();
  for (const hours of [0, -1, 3, -2]) {
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + hours * 3_600_000);
    const log = await journal({ directory, checkpointEvents: 2 });
    for (let turn = 0; turn < 6; turn += 1) {
      await log.append(sampleEvent('statement.delivered', { session: 's', statement: `t${hours}-${turn}` }));
      clock.mockImplementation(() => now + (hours - turn) * 3_600_000);
    }
    await log.close?.();
    clock.mockRestore();
  }
  const times = parsedIn(directory).flatMap(({ checkpoint }) =>
    checkpoint === undefined ? [] : [claims(checkpoint)['at'] as number],
  );
  expect(times.length).toBeGreaterThan(6);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
