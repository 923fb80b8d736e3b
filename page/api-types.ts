import type { z } from 'zod';
import type * as answered from '../src/http/server/response-schemas.js';

/** The answers of the REST mount, by the schemas that its contract is made of. */
export type Approval = z.infer<typeof answered.approval>;
export type Session = z.infer<typeof answered.session>;
export type Suspension = z.infer<typeof answered.suspensions>['suspensions'][number];
export type Suspended = z.infer<typeof answered.suspended>;
export type BreakGlassReview = z.infer<typeof answered.review>;
export type EventPage = z.infer<typeof answered.record>;
export type RecordEvent = EventPage['events'][number];
export type Problem = z.infer<typeof answered.problem>;
export type NamedIdentity = Approval['principal'];
export type ApprovalStatement = NonNullable<Approval['statement']>;
