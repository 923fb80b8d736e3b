/** `npm run bench`: every line a ratio measured side by side in this one run. `-- --quick` takes under two minutes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { analysisRows } from './analysis.js';
import { httpRows } from './http.js';
import { journalRows } from './journal.js';
import { mcpRows } from './mcp.js';
import { pipelineRows } from './pipeline.js';
import { policyRows } from './policy.js';
import type { Row } from './row.js';
import { rowRows } from './rows.js';
import { shippingRows } from './shipping.js';
import { snowflakeRows } from './snowflake.js';
import { startRows } from './start.js';
import { tableOf } from './table.js';

const quick = process.argv.includes('--quick');
const environment = {
  at: new Date().toISOString(), quick, node: process.version, platform: `${process.platform} ${process.arch}`, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
};
const rows: Row[] = [];
for (const measure of [httpRows, mcpRows, pipelineRows, policyRows, analysisRows, journalRows, shippingRows, rowRows, snowflakeRows, startRows]) {
  process.stderr.write(`measuring ${measure.name.replace(/Rows$/, '')} ...\n`);
  rows.push(...(await measure(quick)));
}
console.log(tableOf(rows, environment));
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${environment.at.replaceAll(/[:.]/g, '-')}.json`);
writeFileSync(file, JSON.stringify({ environment, rows }, undefined, 2));
console.log(`\nas JSON: bench/results/${file.split('/').at(-1) ?? ''}`);
