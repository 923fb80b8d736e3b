export { snowflake, type SnowflakeConnector } from './connector.js';
export type { SnowflakeOptions, RoleStrategy } from './options.js';
export type { Secret, SnowflakeCredential } from './credential.js';
export type { ExternalOAuth } from './external-oauth.js';
export type { RoleFor } from './roles/roles.js';
export type { AgentFor } from './driver/api.js';
