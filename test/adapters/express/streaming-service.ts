import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expressRouter } from '../../../src/adapters/express/index.js';
import { realHouse } from './real-parts.js';

/**
 * A whole service in a process of its own, so that its memory can be measured: says its port, then its peak when told
 * to.
 */
const directory = await mkdtemp(join(tmpdir(), 'sallyport-streaming-'));
const gateway = await realHouse(directory);
const app = express().use('/jit', expressRouter(gateway));
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.once('message', () => {
  const peak = process.resourceUsage().maxRSS * 1024;
  void gateway
    .shutdown()
    .then(() => rm(directory, { recursive: true }))
    .then(() => process.send?.({ peak }, () => process.exit(0)));
});
