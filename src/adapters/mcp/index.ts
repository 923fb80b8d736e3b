export { mcpRouter, type McpMount } from './router.js';
export type { McpOptions, OnRefused } from './options.js';
export type { HostRequest, Mount } from '../../http/server/host-request.js';
export type { Problem } from '../../http/server/problem.js';
