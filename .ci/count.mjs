// Prints "passed failed" of one test report, and on stderr what failed: the last lines of a run must say it. A run that
// ended badly without a failed test still counts as one failure.
import { readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
const unloaded = testResults.filter(
  (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
);
for (const suite of unloaded) console.error(`FAILED to load: ${suite.name}: ${String(suite.message).slice(0, 500)}`);
for (const { assertionResults, name } of testResults) {
  for (const test of assertionResults)
    if (test.status === 'failed')
      console.error(`FAILED: ${name}: ${test.fullName}\n  ${test.failureMessages.join('\n  ').slice(0, 1000)}`);
}
const failed = numFailedTests + unloaded.length;
console.log(numPassedTests, failed === 0 && status !== '0' ? 1 : failed);
