// Prints "passed failed" of one test report. A run that ended badly without a failed test still counts as one failure.
import { readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
const unloaded = testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed')).length;
const failed = numFailedTests + unloaded;
console.log(numPassedTests, failed === 0 && status !== '0' ? 1 : failed);
