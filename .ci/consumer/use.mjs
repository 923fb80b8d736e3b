import { createGateway } from 'sallyport';

const code = await createGateway({ connections: {} }).catch((error) => error.code);
if (code !== 'CONFIG_INVALID') throw new Error(`expected CONFIG_INVALID, got ${code}`);
