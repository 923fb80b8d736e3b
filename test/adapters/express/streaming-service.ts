import express from 'express';
import { expressRouter } from '../../../src/adapters/express/index.js';
import type { Row } from '../../../src/core/index.js';
import { house } from './house.js';

const rows = Number(process.argv[2]);
const batch = 2_000;

async function* many(): AsyncGenerator<readonly Row[]> {
  for (let from = 0; from < rows; from += batch) {
    yield Array.from({ length: batch }, (_, row) => [from + row, `customer ${from + row}`, (row % 100).toFixed(2), new Date(row * 1000).toISOString(), row % 2 === 0, null]);
  }
}

/** A whole service in a process of its own, so that its memory can be measured: says its port, then its peak when told to. */
const { gateway } = await house(() => ({ columns: ['ID', 'CUSTOMER', 'AMOUNT', 'AT', 'PAID', 'NOTE'], rows: many() }));
const app = express().use('/jit', expressRouter(gateway));
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('message', () => {
  process.send?.({ peak: process.resourceUsage().maxRSS * 1024 }, () => process.exit(0));
});
