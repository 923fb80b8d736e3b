import { perObject, type AuditEvent, type EventActor, type Json } from '../../core/index.js';
import { optional, quoted } from './canonical.js';

type Pair = Pick<EventActor, 'principal' | 'actor'>;

/** Somebody, as events tell of them: a session's events all tell of the same one. */
interface Person {
  /** OCSF's `actor` up to the session's id, and behind it. */
  readonly actor: readonly [string, string];
  /** Who really acts (RFC 8693), where that is somebody else than on whose authority: the member `ai_agent`. */
  readonly agent: string;
  /** What is read back. */
  readonly who: string;
}

const personOf = perObject((who: EventActor): Person => {
  const { principal, actor, issuer, client, tokenId } = who;
  return {
    actor: [`{${optional('"application":{"uid":', client, '},')}"session":{${optional('"credential_uid":', tokenId, ',')}"issuer":${quoted(issuer)}`, `},"user":${userOf(who)}}`].map(flat) as [string, string],
    agent: flat(actor === principal ? '' : `,"ai_agent":{"type_id":0,"uid":${quoted(actor)}}`),
    who: flat(`{"actor":${quoted(actor)}${optional(',"client":', client)},"issuer":${quoted(issuer)},"principal":${quoted(principal)}${optional(',"tokenId":', tokenId)}}`),
  };
});

/** OCSF's `user`: on whose authority. `type_id` 1 where somebody else acts for them. */
export function userOf(pair: Pair | undefined): string {
  return pair === undefined ? '{"name":"unknown","type_id":0}' : `{"type_id":${pair.actor === pair.principal ? 0 : 1},"uid":${quoted(pair.principal)}}`;
}

/** OCSF's `actor`: who did it, in which session. */
export function actorOf(event: AuditEvent): string {
  const { who, session } = event;
  const revoker = revokerOf(event);
  if (revoker !== undefined) return `{"session":{${optional('"uid":', session)}},"user":${userOf({ principal: revoker, actor: revoker })}}`;
  if (who === undefined) return `{${optional('"session":{"uid":', session, '},')}"user":${userOf(who)}}`;
  const [opening, closing] = personOf(who).actor;
  return `${opening}${optional(',"uid":', session)}${closing}`;
}

/** The member `ai_agent`, empty where there is none. */
export function agentOf(event: AuditEvent): string {
  return event.who === undefined || revokerOf(event) !== undefined ? '' : personOf(event.who).agent;
}

/** The member `who`, empty where there is none. */
export function whoOf({ who }: AuditEvent): string {
  return who === undefined ? '' : `,"who":${personOf(who).who}`;
}

/** Whose session it is, where a reviewer decided on it: not who did. */
export function subjectOf({ who, data }: AuditEvent): Pair | undefined {
  const { principal, actor } = (data['requester'] ?? {}) as Readonly<Record<string, Json>>;
  return typeof principal === 'string' && typeof actor === 'string' ? { principal, actor } : who;
}

/** Who ended a session of somebody else: its events name the owner. */
function revokerOf({ code, data: { revokedBy } }: AuditEvent): string | undefined {
  return code === 'session.revoked' && typeof revokedBy === 'string' ? revokedBy : undefined;
}

/** The same text in one piece: what is kept is not joined again each time. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
