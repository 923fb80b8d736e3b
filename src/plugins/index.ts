export { businessHours, type BusinessHours, type Weekday } from './business-hours.js';
export { freeze, type Freeze } from './freeze.js';
export { onDenied, type DeniedNotice } from './on-denied.js';
export { requireReason, type RequireReason } from './require-reason.js';
