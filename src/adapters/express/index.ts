export { expressRouter } from './router.js';
export type { HostRequest, Mount } from '../../http/server/host-request.js';
export type { ExpressOptions } from './options.js';
export type { ReviewOptions } from './review-options.js';
