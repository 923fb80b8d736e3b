/** How bad it is. `info` is for people to know; it is no finding. */
export type Severity = 'high' | 'medium' | 'low' | 'info';

interface FindingMeaning {
  readonly severity: Severity;
  readonly why: string;
}

/** All that doctor can find, and why it matters. */
export const findingCodes = {
  USER_MISSING: { severity: 'high', why: 'A session for this user cannot be opened.' },
  USER_TYPE: {
    severity: 'medium',
    why: "Only users of type SERVICE and SERVICE_AGENT can have no password and no browser login; a person's user needs a second factor that nobody is there to give.",
  },
  USER_SECONDARY_ROLES: {
    severity: 'high',
    why: "A login by key begins with every role of the user active beside the session's own, and all live sessions of one user share them.",
  },
  USER_PASSWORD: {
    severity: 'high',
    why: 'A password is one secret from anywhere; the breaches of 2024 began with passwords of service users without a second factor.',
  },
  USER_STANDING_ROLE: {
    severity: 'medium',
    why: 'What a user holds between sessions is access that nobody asked for, granted or recorded.',
  },
  NETWORK_POLICY_MISSING: { severity: 'high', why: 'A stolen key or token works from anywhere.' },
  NETWORK_POLICY_OPEN: { severity: 'high', why: 'A network policy that lets the whole internet in is none.' },
  SESSION_POLICY_MISSING: {
    severity: 'medium',
    why: 'Nothing but the session itself keeps secondary roles off, and a session whose log-out was lost stays for four hours.',
  },
  SESSION_POLICY_SECONDARY_ROLES: { severity: 'medium', why: "The policy allows roles beside the session's own." },
  SESSION_SCOPE_MISSING: {
    severity: 'low',
    why: "Snowflake's own ceiling for agents would hold even where a role were wrong.",
  },
  SESSION_SCOPE_IDLE: {
    severity: 'medium',
    why: 'Snowflake applies the restricted session scope only while an agent is active, and ignores it in silence for a user of another type: there is no second ceiling.',
  },
  SESSION_LIFESPAN: {
    severity: 'low',
    why: "A session that the gateway could not end goes on as long as somebody uses it: nothing but the gateway's own deadline ends it.",
  },
  INTEGRATION_MISSING: { severity: 'high', why: 'No token that the gateway signs opens a session.' },
  INTEGRATION_NOT_AGENTIC: {
    severity: 'medium',
    why: 'Snowflake does not know that an agent is active, so masking, row policies and the restricted session scope do not treat it as one.',
  },
  LOGIN_POLICY_MISSING: { severity: 'medium', why: 'Every way to log in is open to this user.' },
  LOGIN_POLICY_OPEN: { severity: 'medium', why: 'The policy allows a password or a browser, which no service needs.' },
  MANAGE_GRANTS: { severity: 'high', why: 'Whoever gets hold of the gateway could grant itself the whole account.' },
  GATEWAY_EXTRA: {
    severity: 'medium',
    why: 'The gateway needs CREATE ROLE and the ownership of the access roles, and nothing else.',
  },
  GATEWAY_CREATE_ROLE: { severity: 'medium', why: 'Without it no session can be opened.' },
  ACCESS_ROLE_MISSING: { severity: 'high', why: 'A session for this schema and level cannot be opened.' },
  ACCESS_ROLE_OWNER: {
    severity: 'medium',
    why: 'The gateway can give a role to a session only when its own role owns it.',
  },
  ACCESS_ROLE_WIDE: { severity: 'high', why: 'The role of a session inherits it: the schema is not isolated.' },
  ACCESS_ROLE_LEVEL: {
    severity: 'high',
    why: 'It is more than the level of this role: what was granted for reading could change data, or give rights on.',
  },
  FUTURE_GRANT: {
    severity: 'high',
    why: 'Future grants on a schema switch off those of its database for everybody, and a role that has any can be dropped only with MANAGE GRANTS.',
  },
  PUBLIC_AI: {
    severity: 'medium',
    why: 'Every role has what PUBLIC has: any session could send what it reads to a language model, at your cost.',
  },
  PUBLIC_GRANT: { severity: 'medium', why: 'Every role has what PUBLIC has, so it is readable in every session.' },
  UNLOAD_INLINE_URL: { severity: 'high', why: 'COPY INTO an address writes data out of the account.' },
  UNLOAD_INTERNAL_STAGE: {
    severity: 'medium',
    why: 'Data in an internal stage can be fetched by whoever may read the stage.',
  },
  STAGE_INTEGRATION: { severity: 'medium', why: "A stage may carry keys of its own, to a bucket of somebody else's." },
  STATEMENT_TIMEOUT: { severity: 'low', why: "Where the session's own limit is lost, a statement runs for two days." },
  RESOURCE_MONITOR: { severity: 'medium', why: 'Nothing ends what an agent that loops may cost.' },
  ROLE_LEFT: {
    severity: 'low',
    why: "A session ended and its role stayed: the gateway's reaper is not running, or may not drop it.",
  },
  DEFINER_RIGHTS: {
    severity: 'info',
    why: "These run with their owner's rights: what they read lies outside what the session's role may see, and no check on names can tell. Read their bodies.",
  },
} as const satisfies Readonly<Record<string, FindingMeaning>>;

export type FindingCode = keyof typeof findingCodes;
