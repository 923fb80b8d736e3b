import type { TestUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, in this order: begun last, one of them would be waited for alone. Those that mostly wait
 * stand beside those that mostly compute.
 */
const longest = [
  'property/names/corpus',
  'adapters/kafka/outage',
  'adapters/snowflake-sql/parsers/hidden',
  'adapters/snowflake/faults',
  'adapters/snowflake/cycles',
  'adapters/snowflake/names',
  'adapters/snowflake-sql/mutants',
  'adapters/duckdb/contract',
  'adapters/snowflake/killed',
  'adapters/snowflake-sql/parsers/parser-limits',
  'examples/quickstart',
  'adapters/snowflake/statement-results',
  'examples/agent-process',
  'adapters/mcp/rest-parity',
  'adapters/ocsf/verify-memory',
  'examples/examples',
  'adapters/snowflake/truncated-results',
  'browser/accessibility',
  'adapters/webhook/faults',
  'adapters/kafka/log',
  'cli/mcp',
  'e2e/kafka',
  'conformance/conformance',
].map((name) => `/test/${name}.test.ts`);

/** Where it stands among them; those that are none of them come after. */
function place({ moduleId }: TestSpecification): number {
  const index = longest.findIndex((name) => moduleId.endsWith(name));
  return index < 0 ? longest.length : index;
}

/** The longest first, and the rest as it was measured before or, on a fresh clone, by size. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Of every project. */
export const settings: TestUserConfig = {
  // The end of what hangs, not a measure of anything: far beyond what a busy machine needs.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 20 } },
  maxWorkers: 2,
  sequence: { sequencer: LongestFirst },
};
