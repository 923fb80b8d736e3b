import { AccessError, deny, newId, type Caller, type Gateway, type Outcome } from '../../core/index.js';
import { Outbox } from '../../http/client/outbox.js';
import type { SignedButtons, ButtonDecision } from './buttons.js';
import type { SlackSettings } from './options.js';
import type { OneTimeCredentials } from './one-time-credentials.js';
import type { ButtonClick } from './payload.js';
import { escapeMrkdwn } from './escape-mrkdwn.js';
import { callApi } from './web-api.js';

const decisions: Readonly<Record<string, ButtonDecision['decision']>> = {
  'sallyport.approve': 'approve',
  'sallyport.reject': 'reject',
};
const [concurrency, retries] = [4, 3];

export interface InteractionHandlerParts {
  readonly settings: SlackSettings;
  readonly credentials: OneTimeCredentials;
  readonly buttons: SignedButtons;
}

/** Where presses of buttons become decisions of the gateway, and whoever pressed learns why not. */
export class InteractionHandler {
  readonly #parts: InteractionHandlerParts;
  readonly #outbox: Outbox;
  readonly #stop = new AbortController();

  constructor(parts: InteractionHandlerParts) {
    this.#parts = parts;
    this.#outbox = new Outbox({
      ...parts.settings.outbox,
      concurrency,
      retries: Math.min(retries, parts.settings.outbox.retries),
    });
  }

  /** Never rejects. A button that is not for deciding does nothing. */
  async handle(gateway: Gateway, click: ButtonClick, transport: NonNullable<Caller['transport']>): Promise<void> {
    const decision = Object.hasOwn(decisions, click.action) ? decisions[click.action] : undefined;
    if (decision === undefined) return;
    const outcome = await this.#decide(gateway, decision, click, transport);
    const why = outcome.status === 'completed' ? undefined : formatReason(outcome);
    if (outcome.status === 'failed') this.#parts.settings.onFault(outcome.error, outcome.id);
    if (why !== undefined && click.channel !== undefined)
      await this.#reply(click.channel, click.user.id, why, outcome.id);
  }

  close(): void {
    this.#stop.abort();
  }

  /** The gateway decides, as it does for everybody: here is only said who it is that asks. */
  async #decide(
    gateway: Gateway,
    decision: ButtonDecision['decision'],
    { value, user }: ButtonClick,
    transport: NonNullable<Caller['transport']>,
  ): Promise<Outcome<unknown>> {
    const pressed = this.#parts.buttons.verifyValue(decision, value);
    if (pressed === undefined)
      return {
        ...deny('INVALID_REQUEST', 'The button was not made here, or not for this.', { reason: 'slack.button' }),
        at: 'receive',
        id: newId(this.#parts.settings.clock.now()),
      };
    return gateway.decide({ credential: this.#parts.credentials.issue(user), transport, ...pressed });
  }

  async #reply(channel: string, user: string, text: string, id: string): Promise<void> {
    const { settings } = this.#parts;
    const why = await this.#outbox.send(
      async (signal) =>
        (
          await callApi(
            'chat.postEphemeral',
            { channel, user, text, parse: 'none', link_names: false },
            settings,
            signal,
          )
        ).result,
      this.#stop.signal,
    );
    if (why !== undefined && why !== 'shutdown')
      settings.onFault(
        new AccessError('APPROVAL_UNAVAILABLE', 'Slack did not take an answer to a user', { detail: { reason: why } }),
        id,
      );
  }
}

function formatReason(outcome: Exclude<Outcome<unknown>, { readonly status: 'completed' }>): string {
  if (outcome.status === 'failed')
    return `Nothing was decided: it failed (${outcome.error.code}). Try again, or decide on the reviewers' page.`;
  if (outcome.status === 'pending') return 'Nothing was decided.';
  const { code, reason, message, hint } = outcome;
  return [
    'Nothing was decided.',
    escapeMrkdwn(message, 1_000).text,
    ...(hint === undefined ? [] : [escapeMrkdwn(hint, 1_000).text]),
    `(${code}${reason === undefined ? '' : `, ${reason}`})`,
  ].join(' ');
}
