export { mcpRouter, type McpMount } from './router.js';
export type { McpOptions, OnRefused } from './options.js';
export type { HostRequest, Mount } from '../../mount/host.js';
export type { Problem } from '../../mount/problem.js';
