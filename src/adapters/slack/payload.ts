import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { deny } from '../../core/index.js';
import type { HttpDenial } from '../../http/server/problem.js';
import type { SlackUser } from './one-time-credentials.js';

/** Somebody pressed a button of a message. */
export interface ButtonClick {
  readonly action: string;
  readonly value: string;
  readonly user: SlackUser;
  readonly channel: string | undefined;
}

/** What is read of Slack's `block_actions` payload; everything else in it is left alone. */
const blockActions = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id: z.string() }).nullish(),
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  channel: z.object({ id: z.string() }).nullish(),
  actions: z.tuple([z.object({ action_id: z.string(), value: z.string().default('') })]),
});

const otherType = z.object({ type: z.string().refine((type) => type !== 'block_actions') });

/** The click in a body that Slack has signed; `other` for interactions that are no clicks. */
export function parseClick(body: Buffer): ButtonClick | 'other' | HttpDenial {
  const payload = readPayload(body);
  const parsed = blockActions.safeParse(payload);
  if (!parsed.success)
    return otherType.safeParse(payload).success
      ? 'other'
      : { denied: deny('INVALID_REQUEST', 'The body is not an interaction of Slack.', { reason: 'slack.payload' }) };
  const {
    team,
    user,
    channel,
    actions: [{ action_id: action, value }],
  } = parsed.data;
  return {
    action,
    value,
    user: { id: user.id, team: team?.id, home: user.team_id ?? undefined },
    channel: channel?.id,
  };
}

function readPayload(body: Buffer): unknown {
  const [payload, ...more] = isUtf8(body) ? new URLSearchParams(body.toString('utf8')).getAll('payload') : [];
  try {
    return more.length > 0 ? undefined : JSON.parse(payload ?? '');
  } catch {
    return undefined;
  }
}
