import { canonicalize } from './canonical.js';
import type { UnsignedEvent } from './event-mapper.js';

type Event = Readonly<Record<string, unknown>>;
export type OlderVersion = '1.8.0' | '1.3.0' | '1.1.0';

const profiles: Readonly<Record<OlderVersion, readonly string[]>> = {
  '1.8.0': ['security_control'],
  '1.3.0': [],
  '1.1.0': [],
};

/** Attributes that a class did not have yet. */
const controlAttributes = ['action_id', 'disposition_id', 'policy', 'is_alert', 'authorizations'];
const agentAttributes = ['ai_agent', 'delegation'];
const laterAttributes: Readonly<Record<OlderVersion, Readonly<Record<number, readonly string[]>>>> = {
  '1.8.0': {},
  '1.3.0': {
    3002: controlAttributes,
    3003: [...controlAttributes, 'actor'],
    3004: controlAttributes,
    3005: controlAttributes,
    6002: controlAttributes,
    6003: controlAttributes,
    6005: ['policy', 'is_alert'],
  },
  '1.1.0': {
    3002: controlAttributes,
    3003: [...controlAttributes, 'actor', 'src_endpoint'],
    3004: controlAttributes,
    3005: controlAttributes,
    6002: controlAttributes,
    6003: controlAttributes,
    6005: controlAttributes,
  },
};

/** The attributes that a class of an older version has no place for. */
export function listMissingAttributes(version: OlderVersion, classUid: number): readonly string[] {
  return [...agentAttributes, ...(laterAttributes[version][classUid] ?? [])];
}

/** The same event in an older version. */
export function toOlderVersion(version: OlderVersion, { head, tail }: UnsignedEvent): UnsignedEvent {
  const event = projectEvent(JSON.parse(head + tail) as Event, version);
  const text = canonicalize(event);
  // The attestation is written the same in every version, and no name before it is anybody's choice but ours: the first
  // match is its own.
  const opening = head.slice(head.indexOf('"attestation_list":'));
  const at = text.indexOf(opening) + opening.length;
  return { head: text.slice(0, at), tail: text.slice(at), type: event['type_uid'] as number };
}

/**
 * An event of 1.9 as an older version has it. What it has no place for stands under its path in `unmapped`; nothing is
 * lost.
 */
function projectEvent({ attestation_list, ...event }: Event, version: OlderVersion): Event {
  const moved: Record<string, unknown> = { attestation_list };
  const projected: Record<string, unknown> = { ...renameClasses(event, version, moved) };
  for (const name of listMissingAttributes(version, projected['class_uid'] as number)) {
    if (projected[name] === undefined) continue;
    moved[name] = projected[name];
    delete projected[name];
  }
  // "Observed" came with 1.8: another action, then.
  if (version !== '1.8.0' && projected['action_id'] === 3) projected['action_id'] = 99;
  const { actor } = projected as { readonly actor?: Readonly<Record<string, unknown>> };
  if (actor?.['application'] !== undefined) projected['actor'] = projectActor(actor, version, moved);
  projected['metadata'] = { ...(event['metadata'] as object), version, profiles: profiles[version] };
  projected['unmapped'] = { ...moved, ...(event['unmapped'] as object) };
  return projected;
}

/** `actor.application` came with 1.9, `actor.app_uid` with 1.3. */
function projectActor(
  { application, ...actor }: Readonly<Record<string, unknown>>,
  version: OlderVersion,
  moved: Record<string, unknown>,
): unknown {
  if (version !== '1.1.0') return { ...actor, app_uid: (application as { readonly uid: string }).uid };
  moved['actor.application'] = application;
  return actor;
}

/** Classes and activities that came later. */
function renameClasses(event: Event, version: OlderVersion, moved: Record<string, unknown>): Event {
  const { class_uid, activity_id, app } = event as {
    readonly class_uid: number;
    readonly activity_id: number;
    readonly app?: unknown;
  };
  const as = (uid: number, activity: number): Event => ({
    ...event,
    class_uid: uid,
    category_uid: Math.floor(uid / 1000),
    activity_id: activity,
    type_uid: uid * 100 + activity,
  });
  // User Management was User Access Management: 1 assign, 2 revoke.
  if (class_uid === 3007) return as(3005, activity_id === 16 ? 1 : 2);
  // Assign Roles was Assign Privileges.
  if (class_uid === 3003 && activity_id === 3) return as(3003, 1);
  // List came with 1.3.
  if (class_uid === 6005 && activity_id === 8 && version === '1.1.0') return { ...as(6005, 99), activity_name: 'List' };
  if (class_uid === 6008 && version !== '1.8.0') {
    moved['class_uid'] = class_uid;
    return {
      ...as(6002, 99),
      activity_name: 'Application Error',
      app: app ?? (event['metadata'] as { readonly product: unknown }).product,
    };
  }
  return event;
}
