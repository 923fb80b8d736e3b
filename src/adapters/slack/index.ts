import { AccessError, type Gateway, type IdentityProvider, type Notifier } from '../../core/index.js';
import type { Mount } from '../../http/server/host-request.js';
import { createInteractionsMount } from './interactions-mount.js';
import { SlackNotifier } from './notifier.js';
import { SignedButtons } from './buttons.js';
import { InteractionHandler } from './interaction-handler.js';
import { resolveSettings, type SlackOptions } from './options.js';
import { OneTimeCredentials } from './one-time-credentials.js';
import { SignatureVerifier } from './signature-verifier.js';

export type { HostRequest, Mount } from '../../http/server/host-request.js';
export type { OnFault } from '../../http/server/fault-listener.js';
export type { OnDropped, PageAddress } from '../../http/client/notifier-options.js';
export type { SlackOptions } from './options.js';

/** One Slack app in its three places: it tells, it is believed, and it hears. */
export interface SlackApp {
  /**
   * For `approvals.notify`: posts what happens, with buttons while it is waited for, and brings the message up to date.
   */
  readonly notifier: Notifier;
  /**
   * For `identity`: knows who pressed a button, by credentials that are made in this process for one decision each, and
   * leaves every other credential to `inner`.
   */
  identity(inner: IdentityProvider): IdentityProvider;
  /**
   * For `app.use`, at the app's Request URL: takes Slack's signed interactions. Answers its own path only. Throws
   * CONFIG_INVALID where `identity` is not in use.
   */
  actions(gateway: Gateway): Mount;
}

/**
 * Approvals in Slack, for one workspace. Whoever presses a button decides through the gateway as everybody does:
 * policy, role, quorum, digest and the ban on
 * deciding for oneself are the same. Throws CONFIG_INVALID.
 */
export function slack(options: SlackOptions): SlackApp {
  const settings = resolveSettings(options);
  const [buttons, passes, signatures] = [
    new SignedButtons(settings.signingSecret),
    new OneTimeCredentials(settings),
    new SignatureVerifier(settings.signingSecret, settings.clock),
  ];
  const counter = new InteractionHandler({ settings, credentials: passes, buttons });
  let known = false;
  return {
    notifier: new SlackNotifier(settings, buttons, async () => counter.close()),
    identity(inner) {
      known = true;
      return passes.wrapProvider(inner);
    },
    actions(gateway) {
      if (typeof (gateway as Partial<Gateway> | undefined)?.decide !== 'function')
        throw new AccessError(
          'CONFIG_INVALID',
          'slack: actions needs a gateway; createGateway returns a promise of one',
        );
      if (!known)
        throw new AccessError('CONFIG_INVALID', 'slack: wrap the identity provider of the gateway in identity()');
      return createInteractionsMount(gateway, counter, signatures, settings);
    },
  };
}
