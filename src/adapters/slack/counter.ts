import { AccessError, deny, newId, type Caller, type Gateway, type Outcome } from '../../core/index.js';
import { Outbox } from '../../outgoing/outbox.js';
import type { Buttons, Pressed } from './buttons.js';
import type { Settings } from './options.js';
import type { Passes } from './passes.js';
import type { Click } from './payload.js';
import { said } from './said.js';
import { call } from './web-api.js';

const decisions: Readonly<Record<string, Pressed['decision']>> = { 'sallyport.approve': 'approve', 'sallyport.reject': 'reject' };
const [atOnce, retries] = [4, 3];

export interface CounterParts {
  readonly settings: Settings;
  readonly passes: Passes;
  readonly buttons: Buttons;
}

/** Where presses of buttons become decisions of the gateway, and whoever pressed learns why not. */
export class Counter {
  readonly #parts: CounterParts;
  readonly #outbox: Outbox;
  readonly #stop = new AbortController();

  constructor(parts: CounterParts) {
    this.#parts = parts;
    this.#outbox = new Outbox({ ...parts.settings.sending, atOnce, retries: Math.min(retries, parts.settings.sending.retries) });
  }

  /** Never rejects. A button that is not for deciding does nothing. */
  async take(gateway: Gateway, click: Click, transport: NonNullable<Caller['transport']>): Promise<void> {
    const decision = Object.hasOwn(decisions, click.action) ? decisions[click.action] : undefined;
    if (decision === undefined) return;
    const outcome = await this.#decide(gateway, decision, click, transport);
    const why = outcome.status === 'completed' ? undefined : reasonOf(outcome);
    if (outcome.status === 'failed') this.#parts.settings.onFault(outcome.error, outcome.id);
    if (why !== undefined && click.channel !== undefined) await this.#answer(click.channel, click.user.id, why, outcome.id);
  }

  close(): void {
    this.#stop.abort();
  }

  /** The gateway decides, as it does for everybody: here is only said who it is that asks. */
  async #decide(gateway: Gateway, decision: Pressed['decision'], { value, user }: Click, transport: NonNullable<Caller['transport']>): Promise<Outcome<unknown>> {
    const pressed = this.#parts.buttons.read(decision, value);
    if (pressed === undefined) return { ...deny('INVALID_REQUEST', 'The button was not made here, or not for this.', { reason: 'slack.button' }), at: 'receive', id: newId(this.#parts.settings.clock.now()) };
    return gateway.decide({ credential: this.#parts.passes.issue(user), transport, ...pressed });
  }

  async #answer(channel: string, user: string, text: string, id: string): Promise<void> {
    const { settings } = this.#parts;
    const why = await this.#outbox.send(async (signal) => (await call('chat.postEphemeral', { channel, user, text, parse: 'none', link_names: false }, settings, signal)).fate, this.#stop.signal);
    if (why !== undefined && why !== 'shutdown') settings.onFault(new AccessError('APPROVAL_UNAVAILABLE', 'Slack did not take an answer to a user', { detail: { reason: why } }), id);
  }
}

function reasonOf(outcome: Exclude<Outcome<unknown>, { readonly status: 'completed' }>): string {
  if (outcome.status === 'failed') return `Nothing was decided: it failed (${outcome.error.code}). Try again, or decide on the reviewers' page.`;
  if (outcome.status === 'pending') return 'Nothing was decided.';
  const { code, reason, message, hint } = outcome;
  return ['Nothing was decided.', said(message, 1_000).text, ...(hint === undefined ? [] : [said(hint, 1_000).text]), `(${code}${reason === undefined ? '' : `, ${reason}`})`].join(' ');
}
