import {
  AccessError,
  readOptions,
  parseSecureUrl,
  systemClock,
  type Clock,
  type Notice,
  type OptionNames,
  type Principal,
} from '../../core/index.js';
import { createFaultListener, type OnFault } from '../../http/server/fault-listener.js';
import {
  resolveNotifierOptions,
  type OnDropped,
  type PageAddress,
  type NotifierSettings,
} from '../../http/client/notifier-options.js';

export interface SlackOptions {
  /** The bot's token, with the scope `chat:write`; a function is asked before each request. */
  readonly botToken: string | (() => string | Promise<string>);
  /** The app's signing secret, by which Slack's requests are known. */
  readonly signingSecret: string;
  /** The workspace, `T…`: nobody of another one decides. */
  readonly team: string;
  /** The id of the channel, `C…`; a function gives one for each notice, or none. */
  readonly channel: string | ((notice: Notice) => string | undefined);
  /**
   * Who a user of the workspace is, by user id, as the identity provider names them: `{ U0123: { id: 'idp:bob',
   * subject: 'bob', issuer } }`. Nobody else decides.
   */
  readonly reviewers: Readonly<Record<string, Principal>>;
  /** The OAuth scope of reviewers, as `approvals` has it. Default `sallyport.review`. */
  readonly scope?: string;
  /**
   * Whether there is a button to approve: `shown` where the message shows all that would run, to the byte; `never`.
   * Default `shown`.
   */
  readonly approve?: 'shown' | 'never';
  /**
   * The address of the reviewers' page, for a button that opens it; a function gives one for each notice. Default none.
   */
  readonly page?: PageAddress;
  /** Where Slack's Web API is. Default `https://slack.com/api/`. */
  readonly api?: string | URL;
  /** How long one request to Slack may take, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a request is tried again, with pauses that grow to 10 s. Default 8. */
  readonly retries?: number;
  /** How many notices may wait behind the one that is sent. Default 1,000. */
  readonly waiting?: number;
  /** Told of each notice that was given up, and why: a code. What it throws is ignored. */
  readonly onDropped?: OnDropped;
  /**
   * Told of a decision that could not be taken, or of an answer to a user that Slack did not take, with the id of the
   * request. What it throws is ignored.
   */
  readonly onFault?: OnFault;
  readonly clock?: Clock;
}

export interface SlackSettings extends NotifierSettings {
  readonly botToken: () => Promise<string>;
  /** Asked again, the token may be another. */
  readonly renewable: boolean;
  readonly signingSecret: string;
  readonly team: string;
  readonly resolveChannel: (notice: Notice) => string | undefined;
  readonly reviewers: ReadonlyMap<string, Principal>;
  readonly scope: string;
  readonly approve: 'shown' | 'never';
  readonly api: URL;
  readonly onFault: OnFault;
  readonly clock: Clock;
}

const channelId = /^[CDG][A-Z0-9]{2,31}$/;

const optionNames: OptionNames<SlackOptions> = {
  botToken: true,
  signingSecret: true,
  team: true,
  channel: true,
  reviewers: true,
  scope: true,
  approve: true,
  page: true,
  api: true,
  timeoutMs: true,
  retries: true,
  waiting: true,
  onDropped: true,
  onFault: true,
  clock: true,
};
const reviewerNames: OptionNames<Principal> = { id: true, subject: true, issuer: true, name: true };

/** The options with their defaults. Throws CONFIG_INVALID, which tells nothing of a secret. */
export function resolveSettings(given: SlackOptions): SlackSettings {
  const options = readOptions<SlackOptions>(given, optionNames, 'slack');
  const {
    botToken,
    signingSecret,
    team,
    channel,
    reviewers,
    scope = 'sallyport.review',
    approve = 'shown',
    onFault = () => undefined,
    clock = systemClock,
    ...telling
  } = options;
  const api = parseSecureUrl(options.api ?? 'https://slack.com/api/');
  if (typeof api === 'string') throw createConfigError(`api ${api}`);
  if (!api.pathname.endsWith('/')) throw createConfigError('api must end with "/"');
  if (typeof botToken !== 'function' && !(typeof botToken === 'string' && /^[\x21-\x7e]+$/.test(botToken)))
    throw createConfigError('botToken must be the token of a bot, or a function');
  if (typeof signingSecret !== 'string' || signingSecret.length < 16)
    throw createConfigError('signingSecret must be the signing secret of the app');
  if (!/^[TE][A-Z0-9]{2,31}$/.test(team)) throw createConfigError('team must be the id of a workspace, T…');
  if (typeof channel !== 'function' && !channelId.test(channel))
    throw createConfigError('channel must be the id of a channel, C…, or a function');
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
    throw createConfigError('scope must be one OAuth scope (RFC 6749 §3.3)');
  if (!['shown', 'never'].includes(approve)) throw createConfigError('approve must be "shown" or "never"');
  if (typeof onFault !== 'function') throw createConfigError('onFault must be a function');
  return {
    botToken: async () => (typeof botToken === 'function' ? botToken() : botToken),
    renewable: typeof botToken === 'function',
    signingSecret,
    team,
    api,
    scope,
    approve,
    clock,
    onFault: createFaultListener(onFault),
    resolveChannel: typeof channel === 'function' ? (notice) => callChannelOption(channel, notice) : () => channel,
    reviewers: resolveReviewers(reviewers),
    ...resolveNotifierOptions(telling, createConfigError),
  };
}

function resolveReviewers(given: SlackOptions['reviewers']): ReadonlyMap<string, Principal> {
  const all = Object.entries(given ?? {}).map(
    ([user, who]) => [user, readOptions<Principal>(who, reviewerNames, `slack: reviewers.${user}`)] as const,
  );
  for (const [user, principal] of all) {
    if (!/^[UW][A-Z0-9]{2,31}$/.test(user)) throw createConfigError('reviewers must be named by their user ids, U…');
    const { id, subject, issuer } = (principal ?? {}) as Partial<Principal>;
    const name = typeof id === 'string' ? /^([a-z][\w-]{0,31}):/.exec(id)?.[1] : undefined;
    if (!subject || !issuer || name === undefined || name === 'role' || id !== `${name}:${subject}`)
      throw createConfigError(`reviewers: ${user} must be { id: "<name of the issuer>:<subject>", subject, issuer }`);
  }
  return new Map(
    all.map(([user, { id, subject, issuer, name }]) => [
      user,
      Object.freeze({ id, subject, issuer, ...(name === undefined ? {} : { name }) }),
    ]),
  );
}

function callChannelOption(channel: (notice: Notice) => string | undefined, notice: Notice): string | undefined {
  const id = channel(notice);
  if (id !== undefined && !channelId.test(id)) throw createConfigError('channel gave what is no id of a channel');
  return id;
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `slack: ${message}`);
}
