import { randomBytes } from 'node:crypto';
import type { Column, Row } from '../../core/index.js';
import type { Collected } from './collect.js';
import { pageOf, type Page, type PageCaps } from './page.js';

/** Rows that a statement has read and that were not yet asked for. */
interface Held {
  readonly owner: string;
  readonly session: string;
  readonly columns: readonly Column[];
  readonly read: Collected;
  /** How many of its rows were handed out, from the first on. */
  given: number;
  /** Ends it, so that rows do not stay in memory until somebody calls. */
  readonly timer: NodeJS.Timeout;
}

/** Some rows, and the handle for the next where there are more. */
export type RowPage = Page<Row> & { readonly more?: string };

/**
 * What is left of results, in this process, for a while: the statement itself is over, so that it blocks nobody. A handle alone opens nothing:
 * whoever asks must have shown first that the session is theirs and open.
 */
export class HeldRows {
  readonly #held = new Map<string, Held>();
  readonly #most: number;
  readonly #keepMs: number;
  #bytes = 0;

  constructor(mostBytes: number, keepMs: number) {
    this.#most = mostBytes;
    this.#keepMs = keepMs;
  }

  /** The first page, and a handle for the next where there is more. The oldest results make room for new ones. */
  first(owner: string, session: string, columns: readonly Column[], read: Collected, caps: PageCaps): RowPage {
    const page = pageOf(read.rows, 0, caps);
    if (page.next === undefined) return page;
    const id = randomBytes(16).toString('base64url');
    this.#makeRoom(owner, read.bytes);
    this.#held.set(id, { owner, session, columns, read, given: page.next, timer: setTimeout(() => this.#drop(id), this.#keepMs).unref() });
    this.#bytes += read.bytes;
    return { ...page, more: `${id}.${page.next}` };
  }

  /**
   * A further page of a result of this session; undefined when it is gone, or never was. Asking twice gives the same page. What was not handed
   * out before is in the record first: throws AUDIT_UNAVAILABLE.
   */
  async next(session: string, more: string, caps: PageCaps): Promise<(RowPage & { readonly columns: readonly Column[] }) | undefined> {
    const [id = '', from = ''] = more.split('.', 2);
    const held = this.#held.get(id);
    if (held?.session !== session || !/^\d{1,9}$/.test(from) || Number(from) >= held.read.rows.length) return undefined;
    const page = pageOf(held.read.rows, Number(from), caps);
    await handOut(held, Number(from) + page.items.length);
    return { ...page, columns: held.columns, ...(page.next === undefined ? {} : { more: `${id}.${page.next}` }) };
  }

  /** Forgets what a session has read. */
  forget(session: string): void {
    for (const [id, held] of this.#held) if (held.session === session) this.#drop(id);
  }

  /** Nobody holds more than a quarter, so that one agent cannot push out what all others hold. */
  #makeRoom(owner: string, bytes: number): void {
    let own = [...this.#held.values()].reduce((sum, held) => (held.owner === owner ? sum + held.read.bytes : sum), 0);
    for (const [id, held] of this.#held) {
      if (own + bytes <= this.#most / 4) break;
      if (held.owner !== owner) continue;
      own -= held.read.bytes;
      this.#drop(id);
    }
    for (const oldest of this.#held.keys()) {
      if (this.#bytes + bytes <= this.#most) break;
      this.#drop(oldest);
    }
  }

  #drop(id: string): void {
    const held = this.#held.get(id);
    clearTimeout(held?.timer);
    this.#bytes -= held?.read.bytes ?? 0;
    this.#held.delete(id);
  }
}

/** Tells the record of rows that go out for the first time. */
async function handOut(held: Held, end: number): Promise<void> {
  const { read } = held;
  if (end <= held.given) return;
  const given = read.rows.slice(0, end);
  const bytes = given.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)), 0);
  await read.recount({ rows: given.length, bytes, truncated: read.truncated });
  held.given = Math.max(held.given, end);
}
