import type { Notice, Notifier } from '../../core/index.js';
import { Outbox, type Fate } from '../../outgoing/outbox.js';
import type { Buttons } from './buttons.js';
import { messageOf } from './message.js';
import type { Settings } from './options.js';
import { lineOf } from './titles.js';
import { call } from './web-api.js';

interface Posted {
  readonly channel: string;
  readonly ts: string;
  readonly since: readonly string[];
}

const mostPosted = 1_000;
/** After these nothing more is to be said of a ticket. */
const over: ReadonlySet<string | undefined> = new Set(['rejected', 'expired', 'void']);

/** Posts notices to channels, one after the other, and brings the message of an approval up to date. Of messages, the latest 1,000 are remembered. */
export class Board implements Notifier {
  readonly #settings: Settings;
  readonly #buttons: Buttons;
  readonly #outbox: Outbox;
  readonly #posted = new Map<string, Posted>();
  readonly #closing: () => Promise<void>;

  constructor(settings: Settings, buttons: Buttons, closing: () => Promise<void>) {
    this.#settings = settings;
    this.#buttons = buttons;
    this.#closing = closing;
    this.#outbox = new Outbox({ ...settings.sending, atOnce: 1 });
  }

  async notify(notice: Notice, signal: AbortSignal): Promise<void> {
    const channel = this.#channelOf(notice);
    const why = channel === undefined ? 'channel' : channel === '' ? undefined : await this.#outbox.send((ending) => this.#tell(notice, channel, ending), signal);
    if (why !== undefined) this.#settings.onDropped(notice, why);
  }

  close(): Promise<void> {
    return this.#closing();
  }

  async #tell(notice: Notice, channel: string, signal: AbortSignal): Promise<Fate> {
    const { ticket = '', type } = notice;
    const posted = this.#posted.get(ticket);
    const isNews = type !== 'approval.decided' && type !== 'approval.closed';
    if (!isNews && posted === undefined) return { fate: 'taken' };
    const since = [...(posted?.since ?? []), ...[lineOf(notice)].filter((each) => each !== undefined)];
    const { linkOf, approve } = this.#settings;
    const message = messageOf(notice, { link: linkOf(notice), since, approve, valueOf: (pressed) => this.#buttons.valueOf(pressed) });
    const to = posted === undefined ? { channel, unfurl_links: false, unfurl_media: false } : { channel: posted.channel, ts: posted.ts };
    const called = await call(posted === undefined ? 'chat.postMessage' : 'chat.update', { ...to, ...message, parse: 'none', link_names: false }, this.#settings, signal);
    if (called.fate.fate === 'taken') this.#keep(notice, { channel: posted?.channel ?? called.channel, ts: posted?.ts ?? called.ts, since });
    return called.fate;
  }

  #keep({ ticket, state }: Notice, { channel, ts, since }: { readonly [Name in 'channel' | 'ts']: string | undefined } & Pick<Posted, 'since'>): void {
    if (ticket === undefined) return;
    this.#posted.delete(ticket);
    if (over.has(state) || channel === undefined || ts === undefined) return;
    this.#posted.set(ticket, { channel, ts, since });
    if (this.#posted.size > mostPosted) this.#posted.delete(this.#posted.keys().next().value as string);
  }

  /** Empty where nobody is to be told; undefined where that cannot be said. */
  #channelOf(notice: Notice): string | undefined {
    try {
      return this.#settings.channelOf(notice) ?? '';
    } catch {
      return undefined;
    }
  }
}
