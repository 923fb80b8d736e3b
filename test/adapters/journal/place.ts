import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditEvent } from '../../../src/core/index.js';

/** A directory of its own for one test. */
export function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function segmentsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.jsonl')).toSorted();
}

/** All events on disk, in order. */
export function eventsIn(directory: string): AuditEvent[] {
  return segmentsIn(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEvent));
}
