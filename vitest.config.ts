import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, in this order: begun last, one of these would be waited for alone. Those that mostly wait stand beside those that mostly compute. */
const longest = [
  'adapters/snowflake-sql/parsers/hidden', 'adapters/kafka/outage', 'adapters/snowflake/faults', 'adapters/snowflake/killed', 'adapters/snowflake-sql/mutants', 'adapters/ocsf/verify-memory', 'examples/quickstart',
  'adapters/snowflake/cycles', 'e2e/kafka', 'cli/mcp', 'examples/siem', 'adapters/mcp/equal', 'adapters/kafka/log', 'browser/deciding', 'browser/looks', 'adapters/webhook/faults', 'conformance/conformance', 'adapters/snowflake/session',
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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The end of what hangs, not a measure of anything: far beyond what a busy machine needs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
