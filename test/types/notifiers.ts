/* What must compile: notifiers fit where they are listed, and mounts where Express takes a handler. Checked by `npm run types`. */
import type { RequestHandler } from 'express';
import type { SlackApp } from '../../src/adapters/slack/index.js';
import type { webhook } from '../../src/adapters/webhook/index.js';
import type { ApprovalOptions, Gateway, IdentityProvider, Notifier } from '../../src/core/index.js';

declare const app: SlackApp;
declare const gateway: Gateway;
declare const hook: ReturnType<typeof webhook>;
declare const inner: IdentityProvider;

export const notify: NonNullable<ApprovalOptions['notify']> = [hook, app.notifier];
export const identity: IdentityProvider = app.identity(inner);
export const handler: RequestHandler = app.actions(gateway);

// @ts-expect-error What does not tell is no notifier.
export const deaf: Notifier = { close: async () => undefined };
// @ts-expect-error A notice is not to be changed by who tells it.
export const changing: Notifier = { notify: async (notice) => void (notice.reason = '') };
