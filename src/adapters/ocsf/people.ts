import type { AuditEvent, EventActor, Json } from '../../core/index.js';
import { optional, quoted } from './canonical.js';

type Pair = Pick<EventActor, 'principal' | 'actor'>;

/** OCSF's `user`: on whose authority. `type_id` 1 where somebody else acts for them. */
export function userOf(pair: Pair | undefined): string {
  return pair === undefined ? '{"name":"unknown","type_id":0}' : `{"type_id":${pair.actor === pair.principal ? 0 : 1},"uid":${quoted(pair.principal)}}`;
}

/** OCSF's `actor`: who did it, in which session. */
export function actorOf(event: AuditEvent): string {
  const { who, session } = event;
  const revoker = revokerOf(event);
  if (revoker !== undefined) return `{"session":{${optional('"uid":', session)}},"user":${userOf({ principal: revoker, actor: revoker })}}`;
  const user = `"user":${userOf(who)}}`;
  if (who === undefined) return `{${optional('"session":{"uid":', session, '},')}${user}`;
  return `{${optional('"application":{"uid":', who.client, '},')}"session":{${optional('"credential_uid":', who.tokenId, ',')}"issuer":${quoted(who.issuer)}${optional(',"uid":', session)}},${user}`;
}

/** RFC 8693: who really acts, where that is somebody else than on whose authority. */
export function agentOf(event: AuditEvent): string | undefined {
  const { who } = event;
  return who === undefined || who.actor === who.principal || revokerOf(event) !== undefined ? undefined : who.actor;
}

/** Whose session it is, where a reviewer decided on it: not who did. */
export function subjectOf({ who, data }: AuditEvent): Pair | undefined {
  const { principal, actor } = (data['requester'] ?? {}) as Readonly<Record<string, Json>>;
  return typeof principal === 'string' && typeof actor === 'string' ? { principal, actor } : who;
}

/** What is read back of it. */
export function whoOf({ principal, actor, issuer, client, tokenId }: EventActor): string {
  return `{"actor":${quoted(actor)}${optional(',"client":', client)},"issuer":${quoted(issuer)},"principal":${quoted(principal)}${optional(',"tokenId":', tokenId)}}`;
}

/** Who ended a session of somebody else: its events name the owner. */
function revokerOf({ code, data: { revokedBy } }: AuditEvent): string | undefined {
  return code === 'session.revoked' && typeof revokedBy === 'string' ? revokedBy : undefined;
}
