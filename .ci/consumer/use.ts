import { createGateway, type Plugin } from 'sallyport';
import { memoryAudit } from 'sallyport/memory';

export const plugin: Plugin = { name: 'p', setup: () => undefined };
export const built = createGateway;
export const audit = memoryAudit();
