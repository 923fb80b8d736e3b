import { randomBytes } from 'node:crypto';
import type { Column, Row } from '../../core/index.js';
import type { CollectedRows } from './collect-rows.js';
import { createItemPage, type ItemPage, type PageLimits } from './pagination.js';

/** Rows that a statement has read and that were not yet asked for. */
interface BufferedResult {
  readonly owner: string;
  readonly session: string;
  readonly columns: readonly Column[];
  readonly collected: CollectedRows;
  /** How many of its rows were handed out, from the first on. */
  handedOut: number;
  /** Ends it, so that rows do not stay in memory until somebody calls. */
  readonly timer: NodeJS.Timeout;
}

/** Some rows, and the handle for the next where there are more. */
export type RowPage = ItemPage<Row> & { readonly more?: string };

/**
 * What is left of results, in this process, for a while: the statement itself is over, so that it blocks nobody. A
 * handle alone opens nothing:
 * whoever asks must have shown first that the session is theirs and open.
 */
export class RowBuffer {
  readonly #results = new Map<string, BufferedResult>();
  readonly #maxBytes: number;
  readonly #keepMs: number;
  #bytes = 0;

  constructor(mostBytes: number, keepMs: number) {
    this.#maxBytes = mostBytes;
    this.#keepMs = keepMs;
  }

  /** The first page, and a handle for the next where there is more. The oldest results make room for new ones. */
  addResult(
    owner: string,
    session: string,
    columns: readonly Column[],
    read: CollectedRows,
    caps: PageLimits,
  ): RowPage {
    const page = createItemPage(read.rows, 0, caps);
    if (page.next === undefined) return page;
    const id = randomBytes(16).toString('base64url');
    this.#evict(owner, read.bytes);
    this.#results.set(id, {
      owner,
      session,
      columns,
      collected: read,
      handedOut: page.next,
      timer: setTimeout(() => this.#drop(id), this.#keepMs).unref(),
    });
    this.#bytes += read.bytes;
    return { ...page, more: `${id}.${page.next}` };
  }

  /**
   * A further page of a result of this session; undefined when it is gone, or never was. Asking twice gives the same
   * page. What was not handed
   * out before is in the record first: throws AUDIT_UNAVAILABLE.
   */
  async readNextPage(
    session: string,
    more: string,
    caps: PageLimits,
  ): Promise<(RowPage & { readonly columns: readonly Column[] }) | undefined> {
    const [id = '', from = ''] = more.split('.', 2);
    const held = this.#results.get(id);
    if (held?.session !== session || !/^\d{1,9}$/.test(from) || Number(from) >= held.collected.rows.length)
      return undefined;
    const page = createItemPage(held.collected.rows, Number(from), caps);
    await recordHandedOut(held, Number(from) + page.items.length);
    return { ...page, columns: held.columns, ...(page.next === undefined ? {} : { more: `${id}.${page.next}` }) };
  }

  /** Forgets what a session has read. */
  removeSession(session: string): void {
    for (const [id, held] of this.#results) if (held.session === session) this.#drop(id);
  }

  /** Nobody holds more than a quarter, so that one agent cannot push out what all others hold. */
  #evict(owner: string, bytes: number): void {
    let own = [...this.#results.values()].reduce(
      (sum, held) => (held.owner === owner ? sum + held.collected.bytes : sum),
      0,
    );
    for (const [id, held] of this.#results) {
      if (own + bytes <= this.#maxBytes / 4) break;
      if (held.owner !== owner) continue;
      own -= held.collected.bytes;
      this.#drop(id);
    }
    for (const oldest of this.#results.keys()) {
      if (this.#bytes + bytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(id: string): void {
    const held = this.#results.get(id);
    clearTimeout(held?.timer);
    this.#bytes -= held?.collected.bytes ?? 0;
    this.#results.delete(id);
  }
}

/** Tells the record of rows that go out for the first time. */
async function recordHandedOut(held: BufferedResult, end: number): Promise<void> {
  const { collected: read } = held;
  if (end <= held.handedOut) return;
  const given = read.rows.slice(0, end);
  const bytes = given.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)), 0);
  await read.correctDelivery({ rows: given.length, bytes, truncated: read.truncated });
  held.handedOut = Math.max(held.handedOut, end);
}
