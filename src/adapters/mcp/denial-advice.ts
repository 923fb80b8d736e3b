import type { DenialCode } from '../../core/index.js';

/** How to go on after each denial, told to models: what is within reach, and whom to ask for the rest. */
export const denialAdvice: Readonly<Record<DenialCode, string>> = {
  UNAUTHENTICATED: 'Get a new access token.',
  INVALID_REQUEST: 'Correct the arguments and call again.',
  NOT_FOUND: 'Use the id that open_session answered with; handles of others cannot be used.',
  NOT_PERMITTED:
    'list_connections shows what you may open, describe_scope what you may use in an open session. For more, the person you work for must ask the policy administrators; do not look for a way around.',
  OUT_OF_SCOPE:
    'Use only objects that describe_scope shows, or open a session on the other schema if list_connections offers it.',
  READ_ONLY_SESSION: 'If the task needs a change, close this session and open one with access "write".',
  NOT_UNDERSTOOD: 'Write one simpler statement in plain Snowflake SQL; explain_statement says whether it would run.',
  STATEMENT_REFUSED:
    'Nobody can permit this kind of statement in a session. Reach the goal with SELECT, INSERT, UPDATE, DELETE or MERGE on objects of the scope.',
  GUARDED: 'A guard of the operator denies it now. Tell the person you work for.',
  APPROVAL_REQUIRED:
    'Nobody can agree here. Do the part that needs no approval, and tell the person you work for about the rest.',
  TOO_MANY_APPROVALS: 'Wait until some of what you asked for is decided.',
  APPROVAL_REJECTED: 'A person said no: do not ask for the same again. Tell the person you work for.',
  APPROVAL_EXPIRED: 'Call again without a ticket to ask anew.',
  OBLIGATION_UNKNOWN: 'The operators must change the policy. Tell the person you work for.',
  SESSION_EXPIRED: 'Open a new session if the task is not done.',
  SESSION_CLOSED: 'Open a new session if the task is not done.',
  SESSION_REVOKED: 'A person ended this session. Stop, and tell the person you work for.',
  SESSION_BUSY:
    'Wait for your other statements in this session to end, or end one that you gave up: cancel its call, or close the session with close_session.',
  ACTOR_SUSPENDED:
    'A person has suspended you for a time. Stop, do not look for a way around, and tell the person you work for.',
  RATE_LIMITED: 'Wait as long as the hint says. Ask once for what you need, and do not ask again and again.',
  TOO_MANY_SESSIONS: 'Close sessions you no longer need with close_session.',
};
