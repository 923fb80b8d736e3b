import type { Notice, Notifier } from '../../core/index.js';
import { Outbox, type DeliveryResult } from '../../http/client/outbox.js';
import type { SignedButtons } from './buttons.js';
import { createMessage } from './message.js';
import type { SlackSettings } from './options.js';
import { formatHistoryLine } from './titles.js';
import { callApi } from './web-api.js';

interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly history: readonly string[];
}

const maxPosted = 1_000;
/** After these nothing more is to be said of a ticket. */
const finalStates: ReadonlySet<string | undefined> = new Set(['rejected', 'expired', 'void']);

/**
 * Posts notices to channels, one after the other, and brings the message of an approval up to date. Of messages, the
 * latest 1,000 are remembered.
 */
export class SlackNotifier implements Notifier {
  readonly #settings: SlackSettings;
  readonly #buttons: SignedButtons;
  readonly #outbox: Outbox;
  readonly #posted = new Map<string, PostedMessage>();
  readonly #onClose: () => Promise<void>;

  constructor(settings: SlackSettings, buttons: SignedButtons, closing: () => Promise<void>) {
    this.#settings = settings;
    this.#buttons = buttons;
    this.#onClose = closing;
    this.#outbox = new Outbox({ ...settings.outbox, concurrency: 1 });
  }

  async notify(notice: Notice, signal: AbortSignal): Promise<void> {
    const channel = this.#resolveChannel(notice);
    const why =
      channel === undefined
        ? 'channel'
        : channel === ''
          ? undefined
          : await this.#outbox.send((ending) => this.#post(notice, channel, ending), signal);
    if (why !== undefined) this.#settings.onDropped(notice, why);
  }

  close(): Promise<void> {
    return this.#onClose();
  }

  async #post(notice: Notice, channel: string, signal: AbortSignal): Promise<DeliveryResult> {
    const { ticket = '', type } = notice;
    const posted = this.#posted.get(ticket);
    const isNews = type !== 'approval.decided' && type !== 'approval.closed';
    if (!isNews && posted === undefined) return { fate: 'taken' };
    const since = [...(posted?.history ?? []), ...[formatHistoryLine(notice)].filter((each) => each !== undefined)];
    const { resolveLink: linkOf, approve } = this.#settings;
    const message = createMessage(notice, {
      link: linkOf(notice),
      history: since,
      approve,
      createValue: (pressed) => this.#buttons.createValue(pressed),
    });
    const to =
      posted === undefined
        ? { channel, unfurl_links: false, unfurl_media: false }
        : { channel: posted.channel, ts: posted.ts };
    const called = await callApi(
      posted === undefined ? 'chat.postMessage' : 'chat.update',
      { ...to, ...message, parse: 'none', link_names: false },
      this.#settings,
      signal,
    );
    if (called.result.fate === 'taken')
      this.#remember(notice, {
        channel: posted?.channel ?? called.channel,
        ts: posted?.ts ?? called.ts,
        history: since,
      });
    return called.result;
  }

  #remember(
    { ticket, state }: Notice,
    {
      channel,
      ts,
      history: since,
    }: { readonly [Name in 'channel' | 'ts']: string | undefined } & Pick<PostedMessage, 'history'>,
  ): void {
    if (ticket === undefined) return;
    this.#posted.delete(ticket);
    if (finalStates.has(state) || channel === undefined || ts === undefined) return;
    this.#posted.set(ticket, { channel, ts, history: since });
    if (this.#posted.size > maxPosted) this.#posted.delete(this.#posted.keys().next().value as string);
  }

  /** Empty where nobody is to be told; undefined where that cannot be said. */
  #resolveChannel(notice: Notice): string | undefined {
    try {
      return this.#settings.resolveChannel(notice) ?? '';
    } catch {
      return undefined;
    }
  }
}
