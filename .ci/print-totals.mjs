// Adds what vitest wrote to the checks counted by .ci/run, prints the totals and sets the exit code.
import { readdirSync, readFileSync } from 'node:fs';

const [, , checksPassed = '0', checksFailed = '0'] = process.argv;
const folder = new URL('../.drillbook/tests/', import.meta.url);
let passed = Number(checksPassed);
let failed = Number(checksFailed);
for (const name of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
