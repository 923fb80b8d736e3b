import { AccessError, type Gateway, type IdentityProvider, type Notifier } from '../../core/index.js';
import type { Mount } from '../../mount/host.js';
import { actionsMount } from './actions.js';
import { Board } from './board.js';
import { Buttons } from './buttons.js';
import { Counter } from './counter.js';
import { settingsOf, type SlackOptions } from './options.js';
import { Passes } from './passes.js';
import { Signatures } from './signatures.js';

export type { HostRequest, Mount } from '../../mount/host.js';
export type { OnFault } from '../../mount/faults.js';
export type { OnDropped, Page } from '../../outgoing/telling.js';
export type { SlackOptions } from './options.js';

/** One Slack app in its three places: it tells, it is believed, and it hears. */
export interface SlackApp {
  /** For `approvals.notify`: posts what happens, with buttons while it is waited for, and brings the message up to date. */
  readonly notifier: Notifier;
  /** For `identity`: knows who pressed a button, by credentials that are made in this process for one decision each, and leaves every other credential to `inner`. */
  identity(inner: IdentityProvider): IdentityProvider;
  /** For `app.use`, at the app's Request URL: takes Slack's signed interactions. Answers its own path only. Throws CONFIG_INVALID where `identity` is not in use. */
  actions(gateway: Gateway): Mount;
}

/**
 * Approvals in Slack, for one workspace. Whoever presses a button decides through the gateway as everybody does: policy, role, quorum, digest and the ban on
 * deciding for oneself are the same. Throws CONFIG_INVALID.
 */
export function slack(options: SlackOptions): SlackApp {
  const settings = settingsOf(options);
  const [buttons, passes, signatures] = [new Buttons(settings.signingSecret), new Passes(settings), new Signatures(settings.signingSecret, settings.clock)];
  const counter = new Counter({ settings, passes, buttons });
  let known = false;
  return {
    notifier: new Board(settings, buttons, async () => counter.close()),
    identity(inner) {
      known = true;
      return passes.before(inner);
    },
    actions(gateway) {
      if (typeof (gateway as Partial<Gateway> | undefined)?.decide !== 'function') throw new AccessError('CONFIG_INVALID', 'slack: actions needs a gateway; createGateway returns a promise of one');
      if (!known) throw new AccessError('CONFIG_INVALID', 'slack: wrap the identity provider of the gateway in identity()');
      return actionsMount(gateway, counter, signatures, settings);
    },
  };
}
