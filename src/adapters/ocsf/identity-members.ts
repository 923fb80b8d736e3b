import { memoizeByObject, type AuditEvent, type EventActor, type Json } from '../../core/index.js';
import { writeOptional, quoteJson } from './canonical.js';

type PrincipalAndActor = Pick<EventActor, 'principal' | 'actor'>;

/** Somebody, as events tell of them: a session's events all tell of the same one. */
interface IdentityMembers {
  /** OCSF's `actor` up to the session's id, and behind it. */
  readonly actor: readonly [string, string];
  /** Who really acts (RFC 8693), where that is somebody else than on whose authority: the member `ai_agent`. */
  readonly agent: string;
  /** What is read back. */
  readonly who: string;
}

const createIdentityMembers = memoizeByObject((who: EventActor): IdentityMembers => {
  const { principal, actor, issuer, client, tokenId } = who;
  return {
    actor: [
      `{${writeOptional('"application":{"uid":', client, '},')}"session":{${writeOptional('"credential_uid":', tokenId, ',')}"issuer":${quoteJson(issuer)}`,
      `},"user":${writeUser(who)}}`,
    ].map(flattenText) as [string, string],
    agent: flattenText(actor === principal ? '' : `,"ai_agent":{"type_id":0,"uid":${quoteJson(actor)}}`),
    who: flattenText(
      `{"actor":${quoteJson(actor)}${writeOptional(',"client":', client)},"issuer":${quoteJson(issuer)},"principal":${quoteJson(principal)}${writeOptional(',"tokenId":', tokenId)}}`,
    ),
  };
});

/** OCSF's `user`: on whose authority. `type_id` 1 where somebody else acts for them. */
export function writeUser(pair: PrincipalAndActor | undefined): string {
  return pair === undefined
    ? '{"name":"unknown","type_id":0}'
    : `{"type_id":${pair.actor === pair.principal ? 0 : 1},"uid":${quoteJson(pair.principal)}}`;
}

/** OCSF's `actor`: who did it, in which session. */
export function writeActor(event: AuditEvent): string {
  const { who, session } = event;
  const revoker = readRevoker(event);
  if (revoker !== undefined)
    return `{"session":{${writeOptional('"uid":', session)}},"user":${writeUser({ principal: revoker, actor: revoker })}}`;
  if (who === undefined) return `{${writeOptional('"session":{"uid":', session, '},')}"user":${writeUser(who)}}`;
  const [opening, closing] = createIdentityMembers(who).actor;
  return `${opening}${writeOptional(',"uid":', session)}${closing}`;
}

/** The member `ai_agent`, empty where there is none. */
export function writeAgent(event: AuditEvent): string {
  return event.who === undefined || readRevoker(event) !== undefined ? '' : createIdentityMembers(event.who).agent;
}

/** The member `who`, empty where there is none. */
export function writeWho({ who }: AuditEvent): string {
  return who === undefined ? '' : `,"who":${createIdentityMembers(who).who}`;
}

/** Whose session it is, where a reviewer decided on it: not who did. */
export function selectSubject({ who, data }: AuditEvent): PrincipalAndActor | undefined {
  const { principal, actor } = (data['requester'] ?? {}) as Readonly<Record<string, Json>>;
  return typeof principal === 'string' && typeof actor === 'string' ? { principal, actor } : who;
}

/** Who ended a session of somebody else: its events name the owner. */
function readRevoker({ code, data: { revokedBy } }: AuditEvent): string | undefined {
  return code === 'session.revoked' && typeof revokedBy === 'string' ? revokedBy : undefined;
}

/** The same text in one piece: what is kept is not joined again each time. */
function flattenText(text: string): string {
  return Buffer.from(text).toString();
}
