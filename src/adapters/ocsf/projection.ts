import { canonical } from './canonical.js';
import type { Unsigned } from './map.js';

type Event = Readonly<Record<string, unknown>>;
export type OlderVersion = '1.8.0' | '1.3.0' | '1.1.0';

const profiles: Readonly<Record<OlderVersion, readonly string[]>> = { '1.8.0': ['security_control'], '1.3.0': [], '1.1.0': [] };

/** Attributes that a class did not have yet. */
const control = ['action_id', 'disposition_id', 'policy', 'is_alert', 'authorizations'];
const agents = ['ai_agent', 'delegation'];
const later: Readonly<Record<OlderVersion, Readonly<Record<number, readonly string[]>>>> = {
  '1.8.0': {},
  '1.3.0': { 3002: control, 3003: [...control, 'actor'], 3004: control, 3005: control, 6002: control, 6003: control, 6005: ['policy', 'is_alert'] },
  '1.1.0': { 3002: control, 3003: [...control, 'actor', 'src_endpoint'], 3004: control, 3005: control, 6002: control, 6003: control, 6005: control },
};

/** The attributes that a class of an older version has no place for. */
export function lacking(version: OlderVersion, classUid: number): readonly string[] {
  return [...agents, ...(later[version][classUid] ?? [])];
}

/** The same event in an older version. */
export function inVersion(version: OlderVersion, { head, tail }: Unsigned): Unsigned {
  const event = project(JSON.parse(head + tail) as Event, version);
  const text = canonical(event);
  // The attestation is written the same in every version, and no name before it is anybody's choice but ours: the first match is its own.
  const opening = head.slice(head.indexOf('"attestation_list":'));
  const at = text.indexOf(opening) + opening.length;
  return { head: text.slice(0, at), tail: text.slice(at), type: event['type_uid'] as number };
}

/** An event of 1.9 as an older version has it. What it has no place for stands under its path in `unmapped`; nothing is lost. */
function project({ attestation_list, ...event }: Event, version: OlderVersion): Event {
  const moved: Record<string, unknown> = { attestation_list };
  const projected: Record<string, unknown> = { ...renamed(event, version, moved) };
  for (const name of lacking(version, projected['class_uid'] as number)) {
    if (projected[name] === undefined) continue;
    moved[name] = projected[name];
    delete projected[name];
  }
  // "Observed" came with 1.8: another action, then.
  if (version !== '1.8.0' && projected['action_id'] === 3) projected['action_id'] = 99;
  const { actor } = projected as { readonly actor?: Readonly<Record<string, unknown>> };
  if (actor?.['application'] !== undefined) projected['actor'] = withoutApplication(actor, version, moved);
  projected['metadata'] = { ...(event['metadata'] as object), version, profiles: profiles[version] };
  projected['unmapped'] = { ...moved, ...(event['unmapped'] as object) };
  return projected;
}

/** `actor.application` came with 1.9, `actor.app_uid` with 1.3. */
function withoutApplication({ application, ...actor }: Readonly<Record<string, unknown>>, version: OlderVersion, moved: Record<string, unknown>): unknown {
  if (version !== '1.1.0') return { ...actor, app_uid: (application as { readonly uid: string }).uid };
  moved['actor.application'] = application;
  return actor;
}

/** Classes and activities that came later. */
function renamed(event: Event, version: OlderVersion, moved: Record<string, unknown>): Event {
  const { class_uid, activity_id, app } = event as { readonly class_uid: number; readonly activity_id: number; readonly app?: unknown };
  const as = (uid: number, activity: number): Event => ({ ...event, class_uid: uid, category_uid: Math.floor(uid / 1000), activity_id: activity, type_uid: uid * 100 + activity });
  // User Management was User Access Management: 1 assign, 2 revoke.
  if (class_uid === 3007) return as(3005, activity_id === 16 ? 1 : 2);
  // Assign Roles was Assign Privileges.
  if (class_uid === 3003 && activity_id === 3) return as(3003, 1);
  // List came with 1.3.
  if (class_uid === 6005 && activity_id === 8 && version === '1.1.0') return { ...as(6005, 99), activity_name: 'List' };
  if (class_uid === 6008 && version !== '1.8.0') {
    moved['class_uid'] = class_uid;
    return { ...as(6002, 99), activity_name: 'Application Error', app: app ?? (event['metadata'] as { readonly product: unknown }).product };
  }
  return event;
}
