import { setupDigest } from '../../core/index.js';
import type { EventView } from './event-view.js';
import type { HistoryQuery } from './query-history.js';

interface Asked extends HistoryQuery {
  readonly text: string;
}

/** What gateways wrote down that they would say of their own, held against what was said. Texts are compared whole. */
export class Setups {
  /** By session: digests in their order. */
  readonly #sessions = new Map<string, readonly string[]>();
  /** Digests of what may be said once, with how often it was said. */
  readonly #once = new Map<string, number>();
  readonly #often = new Set<string>();
  /** Names of roles in the record: what looks for them changes nothing. */
  readonly #looks = new Set<string>(['SELECT CURRENT_ROLE()']);
  readonly #said = new Map<string, Asked[]>();
  readonly #loose: Asked[] = [];

  /** Takes what an event says of it. */
  read({ code, session, data, proofFailure: doubt }: EventView): void {
    // What nothing proves allows nothing.
    if (doubt !== undefined) return;
    if (code === 'session.requested' && session !== undefined) this.#plan(session, data['setup']);
    if (code === 'grant.applied') this.#role(data);
  }

  /**
   * A query that belongs to no statement. False where nothing can make it one of ours: who can log in as the gateway
   * can set any tag, so the text has to tell.
   */
  take(ran: HistoryQuery, session: string | undefined): boolean {
    const { text } = ran;
    if (text === undefined || (session === undefined && ran.tag !== '')) return false;
    const asked: Asked = { ...ran, text };
    if (session === undefined) this.#loose.push(asked);
    else this.#said.set(session, [...(this.#said.get(session) ?? []), asked]);
    return true;
  }

  /** Which of those were taken are a gateway's own, and which are not. */
  async sort(): Promise<{ readonly own: readonly Asked[]; readonly other: readonly Asked[] }> {
    const [own, other]: [Asked[], Asked[]] = [[], []];
    const queries = new Set(await Promise.all([...this.#looks].map(setupDigest)));
    for (const asked of this.#loose) {
      const digest = await setupDigest(asked.text);
      const left = this.#once.get(digest) ?? 0;
      if (left > 0) this.#once.set(digest, left - 1);
      (left > 0 || this.#often.has(digest) || queries.has(digest) ? own : other).push(asked);
    }
    for (const [session, said] of this.#said) {
      const expected = this.#sessions.get(session) ?? [];
      const digested = await Promise.all(said.map(async (asked) => ({ asked, digest: await setupDigest(asked.text) })));
      for (const { asked, isOwn } of inTurn(digested, expected)) (isOwn ? own : other).push(asked);
    }
    return { own, other };
  }

  #plan(session: string, setup: unknown): void {
    const {
      session: said,
      making,
      removing,
    } = (setup ?? {}) as { readonly session?: unknown; readonly making?: unknown; readonly removing?: unknown };
    // An event that comes again, as from two files, allows nothing more.
    if (this.#sessions.has(session)) return;
    this.#sessions.set(session, textsIn(said));
    for (const each of textsIn(making)) this.#once.set(each, (this.#once.get(each) ?? 0) + 1);
    for (const each of textsIn(removing)) this.#often.add(each);
  }

  #role({ role, accessRole }: EventView['data']): void {
    const prefix = typeof role === 'string' ? /^(.*)[0-9A-F]{32}$/s.exec(role)?.[1] : undefined;
    if (prefix !== undefined) this.#looks.add(`SHOW ROLES LIKE '${pattern(prefix)}%'`);
    if (typeof accessRole === 'string') this.#looks.add(`SHOW ROLES LIKE '${pattern(accessRole)}'`);
  }
}

interface Digested {
  readonly asked: Asked;
  readonly digest: string;
}

/**
 * One after the other as they were expected, without a gap; where the times are equal, in the expected order. What came
 * before the export begins may be absent.
 */
function* inTurn(
  said: readonly Digested[],
  expected: readonly string[],
): Generator<{ readonly asked: Asked; readonly isOwn: boolean }> {
  const place = ({ digest }: Digested): number =>
    expected.indexOf(digest) < 0 ? expected.length : expected.indexOf(digest);
  let next: number | undefined;
  for (const each of said.toSorted((a, b) => (a.asked.at ?? 0) - (b.asked.at ?? 0) || place(a) - place(b))) {
    const at: number = next === undefined ? expected.indexOf(each.digest) : expected[next] === each.digest ? next : -1;
    yield { asked: each.asked, isOwn: at >= 0 };
    if (at >= 0) next = at + 1;
  }
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/**
 * A pattern of LIKE that stands for exactly these characters, as Snowflake reads it between quotes: the same as the
 * connector writes.
 */
function pattern(name: string): string {
  return name
    .replaceAll(/[\\%_]/g, (each) => `\\${each}`)
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''");
}
