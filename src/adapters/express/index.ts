export { expressRouter } from './router.js';
export type { HostRequest, Mount } from '../../mount/host.js';
export type { ExpressOptions } from './options.js';
export type { ReviewOptions } from './review-options.js';
