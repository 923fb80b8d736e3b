import { AccessError } from '../errors.js';
import type { Actor, Principal } from '../model.js';
import { readOptions, type OptionNames } from '../options.js';
import { memoryTickets } from './memory-ticket-store.js';
import type { Notifier } from './notice.js';
import type { TicketStore } from './ticket.js';

/** How people agree. Who may is the policy's to say: `review:<kind>`, `review:open` and `oversee`. */
export interface ApprovalOptions {
  /**
   * The OAuth scope that a reviewer's token must have, so that an agent's cannot decide; `sallyport.review` unless
   * told.
   */
  readonly scope?: string;
  /**
   * The human behind an identity, so that two accounts of one person do not count as two; the principal's id unless
   * told.
   */
  readonly personOf?: (who: Principal) => string;
  /** The human who answers for an agent, in `personOf`'s words; nobody unless told. */
  readonly ownerOf?: (actor: Actor) => string | undefined;
  /** Approvals that one actor may wait for at once; 10 unless told. */
  readonly pendingPerActor?: number;
  /**
   * Approvals that one actor may ask for in ten minutes, and as often may it use break-glass access; 30 unless told.
   */
  readonly requestsPerActor?: number;
  /**
   * For how long the same may not be asked for again after it was rejected, milliseconds; 600,000 unless told, at most
   * a day, 0 for not at all.
   */
  readonly cooldownMs?: number;
  /**
   * The most that people are asked to read for one approval, text and binds as JSON, characters; 131,072 unless told.
   */
  readonly reviewableSize?: number;
  /**
   * How long consent may be waited for and used, milliseconds, where the policy does not say; 900,000 unless told, at
   * most a day.
   */
  readonly expiresMs?: number;
  /** Where tickets are kept; in this process unless told, where a restart voids what is pending. */
  readonly store?: TicketStore;
  /** Who tells people. */
  readonly notify?: readonly Notifier[];
}

export type ApprovalSettings = Required<ApprovalOptions>;

const optionNames: OptionNames<ApprovalOptions> = {
  scope: true,
  personOf: true,
  ownerOf: true,
  pendingPerActor: true,
  requestsPerActor: true,
  cooldownMs: true,
  reviewableSize: true,
  expiresMs: true,
  store: true,
  notify: true,
};

/** Throws CONFIG_INVALID. */
export function resolveApprovalSettings(options: ApprovalOptions): ApprovalSettings {
  const given = readOptions<ApprovalOptions>(options, optionNames, 'approvals');
  const settings: ApprovalSettings = {
    scope: 'sallyport.review',
    personOf: (who) => who.id,
    ownerOf: () => undefined,
    pendingPerActor: 10,
    requestsPerActor: 30,
    cooldownMs: 600_000,
    reviewableSize: 131_072,
    expiresMs: 900_000,
    notify: [],
    ...given,
    store: given.store ?? memoryTickets(),
  };
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(settings.scope))
    throw createConfigError('scope must be one OAuth scope (RFC 6749 §3.3)');
  for (const name of ['pendingPerActor', 'requestsPerActor', 'reviewableSize'] as const)
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 1)
      throw createConfigError(`${name} must be a positive whole number`);
  if (!Number.isSafeInteger(settings.cooldownMs) || settings.cooldownMs < 0 || settings.cooldownMs > 86_400_000)
    throw createConfigError('cooldownMs must be from 0 to 86,400,000');
  if (!Number.isSafeInteger(settings.expiresMs) || settings.expiresMs < 1_000 || settings.expiresMs > 86_400_000)
    throw createConfigError('expiresMs must be from 1,000 to 86,400,000');
  for (const name of ['personOf', 'ownerOf'] as const)
    if (typeof settings[name] !== 'function') throw createConfigError(`${name} must be a function`);
  for (const name of ['put', 'get', 'list', 'swap'] as const)
    if (typeof settings.store?.[name] !== 'function') throw createConfigError(`store has no ${name}()`);
  if (!Array.isArray(settings.notify)) throw createConfigError('notify must be a list');
  if (settings.notify.some((each) => typeof each?.notify !== 'function'))
    throw createConfigError('each of notify must have notify()');
  return Object.freeze(settings);
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `approvals: ${message}`);
}
