export { mcpRouter, type McpMount } from './router.js';
export type { McpOptions } from './options.js';
export type { HostRequest, Mount } from '../../mount/host.js';
