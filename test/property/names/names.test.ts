import { expect, it } from 'vitest';
import { readers } from '../../adapters/snowflake-sql/test-analyzer.js';
import { Binding, type Verdict } from './bound.js';
import { statements } from './statements.js';

const count = Number(process.env['NAMES_COUNT'] ?? 1_000);
const seed = Number(process.env['NAMES_SEED'] ?? 20_261_130);

it(`DuckDB binds the names of ${count} statements to the objects of the analysis (seed ${seed})`, async () => {
  const binding = await Binding.open(readers);
  const ends: Record<Verdict, number> = { analysis: 0, disagrees: 0, engine: 0, bound: 0 };
  for (const sql of statements(seed, count)) ends[await binding.verdict(sql)] += 1;
  console.log(JSON.stringify(ends));
  expect(ends.bound).toBeGreaterThan(count / 20);
  expect(ends.disagrees).toBeGreaterThan(0);
}, 3_600_000);
