// Adds vitest's results to the checks that .ci/run counted. Prints the minutes of the slow suites, what failed and the
// totals, and sets the exit code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [, , checksPassed = '0', checksFailed = '0'] = process.argv;
const folder = new URL('../.drillbook/tests/', import.meta.url);
let passed = Number(checksPassed);
let failed = Number(checksFailed);
const slow = [];
// The folder is missing if a check before the tests failed.
for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  const report = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const file of report.testResults) {
    // Without the file's beforeAll: the reporter counts from the first test.
    const seconds = (file.endTime - file.startTime) / 1000;
    if (seconds >= 10) slow.push({ suite: path.basename(file.name), seconds });
    for (const test of file.assertionResults) {
      if (test.status !== 'failed') continue;
      const message = stripVTControlCharacters(test.failureMessages.join(' ')).replaceAll(/\s+/g, ' ');
      console.log(`${path.basename(file.name)}: ${test.title}: ${message.slice(0, 160)}`);
    }
  }
}
for (const { suite, seconds } of slow.toSorted((a, b) => b.seconds - a.seconds))
  console.log(`${seconds.toFixed(0).padStart(6)} s  ${suite}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
