import { timingSafeEqual } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainHead } from '../../core/index.js';
import type { DurablePosition } from './durable-mark.js';
import { syncDirectory } from './segment.js';

/** An event that the writer remembers. */
export interface NotedEvent {
  readonly chain: string;
  readonly sequence: number;
  readonly fingerprint: string;
}

/** How far a writer came, by its own account. */
export interface NotedHead {
  readonly chain: string;
  /** 0 where it had written nothing yet. */
  readonly sequence: number;
  readonly fingerprint?: string;
  /** The end of that event in the files. */
  readonly segment: number;
  readonly offset: number;
  /** The end of the chain before, and how much of it was the writer's own. */
  readonly before?: NotedEvent & { readonly sealed: number };
}

/** How long a note may be behind, milliseconds. */
const writeIntervalMs = 1_000;

export function formatNotePath(directory: string): string {
  return join(directory, 'head.json');
}

/** What the last run noted; undefined where there is no note, or one that this writer did not make. */
export async function readNote(directory: string, mac: (text: string) => string): Promise<NotedHead | undefined> {
  const text = await readFile(formatNotePath(directory), 'utf8').catch(() => '');
  try {
    const { note, mac: given } = JSON.parse(text) as { readonly note: string; readonly mac: string };
    const [ours, theirs] = [Buffer.from(mac(note)), Buffer.from(given)];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs) ? (JSON.parse(note) as NotedHead) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps in `head.json` which chain this writer writes and how far it came, under a MAC, so that its next start knows
 * what was put behind it. Durable before the first event
 * of a chain and at the end; in between it is written about once a second, without a sync: a power cut may leave an
 * older one, never one that is ahead.
 */
export class WriterNote {
  readonly #directory: string;
  readonly #mac: (text: string) => string;
  readonly #previous: NotedHead['before'];
  #latest: NotedHead;
  #written: NotedHead | undefined;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, mac: (text: string) => string, { chain, before }: ChainHead) {
    this.#directory = directory;
    this.#mac = mac;
    this.#previous =
      before?.fingerprint === undefined
        ? undefined
        : {
            chain: before.chain,
            sequence: before.sequence,
            fingerprint: before.fingerprint,
            sealed: before.sealed ?? 0,
          };
    this.#latest = {
      chain,
      sequence: 0,
      segment: 0,
      offset: 0,
      ...(this.#previous === undefined ? {} : { before: this.#previous }),
    };
  }

  /** Durable when resolved. Nothing may be written before that: the next start would take it for somebody else's. */
  async begin(): Promise<void> {
    if (this.#written === undefined) await this.#write(true);
  }

  /** All before it is durable. */
  update({ chain, sequence, fingerprint }: ChainHead, { segment, offset }: DurablePosition): void {
    if (fingerprint === undefined || sequence === 0) return;
    const first = this.#latest.sequence === 0;
    this.#latest = { chain, sequence, fingerprint, segment, offset };
    if (first) this.#schedule();
    else this.#timer ??= setTimeout(() => this.#schedule(), writeIntervalMs).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    if (this.#written !== undefined && this.#written !== this.#latest) await this.#write(true).catch(() => undefined);
  }

  /** Where it cannot be written a later one tries again: behind costs what a signature covers, and loses nothing. */
  #schedule(): void {
    this.#timer = undefined;
    this.#writing = (this.#writing ?? Promise.resolve()).then(() => this.#write(false)).catch(() => undefined);
  }

  async #write(durable: boolean): Promise<void> {
    const next = this.#latest;
    const note = JSON.stringify(next);
    const draft = `${formatNotePath(this.#directory)}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify({ note, mac: this.#mac(note) }));
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, formatNotePath(this.#directory));
    if (durable) await syncDirectory(this.#directory);
    this.#written = next;
  }
}
