import { z } from 'zod';
import {
  actor,
  agent,
  application,
  attestation,
  authorization,
  database,
  delegation,
  endpoint,
  ownMembers,
  metadata,
  policy,
  query,
  session,
  user,
} from './object-schemas.js';

/** What every event has: OCSF's base event with the profiles ai_operation, security_control and record_integrity. */
const base = {
  activity_id: z.int(),
  activity_name: z.string().optional(),
  severity_id: z.int().min(0).max(6),
  time: z.int(),
  message: z.string(),
  status_id: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(99)]),
  status: z.string().optional(),
  status_code: z.string().optional(),
  action_id: z.int().optional(),
  disposition_id: z.int().optional(),
  is_alert: z.literal(true).optional(),
  duration: z.int().min(0).optional(),
  metadata,
  ai_agent: agent.optional(),
  delegation: delegation.optional(),
  policy: policy.optional(),
  authorizations: z.array(authorization).optional(),
  attestation_list: z.tuple([attestation]).optional(),
  unmapped: z.looseObject({ sallyport: ownMembers, attestation_list: z.tuple([attestation]).optional() }),
};

function createEventClass<Uid extends number, Category extends number, Shape extends z.core.$ZodLooseShape>(
  class_uid: Uid,
  category_uid: Category,
  shape: Shape,
) {
  return z.strictObject({
    ...base,
    class_uid: z.literal(class_uid),
    category_uid: z.literal(category_uid),
    type_uid: z
      .int()
      .min(class_uid * 100)
      .max(class_uid * 100 + 99),
    ...shape,
  });
}

/** Datastore Activity: a statement. */
export const datastore = createEventClass(6005, 6, {
  actor,
  src_endpoint: endpoint,
  dst_endpoint: endpoint.optional(),
  database,
  type_id: z.union([z.literal(0), z.literal(1)]),
  query_info: query,
});
/** Authentication: a session's beginning and end at the engine. */
export const authentication = createEventClass(3002, 3, {
  actor: actor.optional(),
  user,
  session: session.optional(),
  service: z.strictObject({ name: z.string() }),
  src_endpoint: endpoint.optional(),
});
/** Authorize Session: what was asked for, and what was said to it. */
export const authorizeSession = createEventClass(3003, 3, {
  actor: actor.optional(),
  user,
  privileges: z.array(z.string()).min(1),
  session: session.optional(),
  src_endpoint: endpoint.optional(),
});
/** API Activity: a person's decision. */
export const api = createEventClass(6003, 6, {
  actor,
  src_endpoint: endpoint,
  api: z.strictObject({ operation: z.string(), request: z.strictObject({ uid: z.string() }).optional() }),
  resources: z.array(z.strictObject({ uid: z.string(), type: z.string() })).optional(),
});
/** Entity Management: the rules or the configuration changed. */
export const entity = createEventClass(3004, 3, {
  entity: z.strictObject({ name: z.string(), type: z.string(), version: z.string().optional() }),
});
/** User Management: what a database user was given. */
export const userManagement = createEventClass(3007, 3, { user, privileges: z.array(z.string()).min(1) });
/** User Access Management: the same before 1.9. */
export const userAccess = createEventClass(3005, 3, { user, privileges: z.array(z.string()).min(1) });
/** Application Lifecycle: the gateway started or stopped. */
export const lifecycle = createEventClass(6002, 6, { app: application });
/** Application Error: the record itself is in trouble. */
export const appError = createEventClass(6008, 6, {});
