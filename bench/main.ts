/**
 * `npm run bench`: every line a ratio measured side by side in this one run. `-- --quick` takes under two minutes; `--
 * policy rows` measures these two only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { analysisRows } from './analysis.js';
import { floodRows } from './flood.js';
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
import { verifyRows } from './verify.js';

const quick = process.argv.includes('--quick');
const environment = {
  at: new Date().toISOString(),
  quick,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
};
const measures = new Map(
  [
    httpRows,
    floodRows,
    mcpRows,
    pipelineRows,
    policyRows,
    analysisRows,
    journalRows,
    shippingRows,
    rowRows,
    snowflakeRows,
    startRows,
    verifyRows,
  ].map((each) => [each.name.replace(/Rows?$/, ''), each]),
);
const asked = process.argv.slice(2).filter((each) => !each.startsWith('-'));
const rows: Row[] = [];
for (const name of asked.length === 0 ? measures.keys() : asked) {
  const measure = measures.get(name);
  if (measure === undefined) throw new Error(`${name} is not measured here: ${[...measures.keys()].join(', ')}`);
  process.stderr.write(`measuring ${name} ...`);
  const began = performance.now();
  rows.push(...(await measure(quick)));
  process.stderr.write(` ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
}
console.log(tableOf(rows, environment));
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${environment.at.replaceAll(/[:.]/g, '-')}.json`);
writeFileSync(file, JSON.stringify({ environment, rows }, undefined, 2));
console.log(`\nas JSON: bench/results/${file.split('/').at(-1) ?? ''}`);
