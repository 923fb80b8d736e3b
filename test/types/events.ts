/* What a reader of the topics may rely on. Checked by `npm run types`. */
import type { OcsfEvent, OcsfEventOf } from '../../src/adapters/ocsf/index.js';

declare const executed: OcsfEventOf<'statement.executed'>;
const facts = executed.unmapped.sallyport.data;
export const rows: number | undefined = facts.rows;
export const bytes: number | undefined = executed.query_info.bytes;
// @ts-expect-error Not every event tells it.
export const certain: number = facts.rows;
// @ts-expect-error It is a number.
export const worded: string | undefined = facts.durationMs;
// @ts-expect-error A statement that ran has no reason of a refusal: what a later version may tell is of no known type.
export const reason: string | undefined = facts.reason;

declare const any: OcsfEvent;
export const code: string = any.metadata.event_code;
