// Adds what vitest wrote to the checks counted by .ci/run, names what failed, prints the totals and sets the exit code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [, , checksPassed = '0', checksFailed = '0'] = process.argv;
const folder = new URL('../.drillbook/tests/', import.meta.url);
let passed = Number(checksPassed);
let failed = Number(checksFailed);
// Nothing wrote one where a check before the tests failed.
for (const name of existsSync(folder) ? readdirSync(folder) : []) {
  const report = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status !== 'failed') continue;
      const said = stripVTControlCharacters(test.failureMessages.join(' ')).replaceAll(/\s+/g, ' ');
      console.log(`${path.basename(file.name)}: ${test.title}: ${said.slice(0, 160)}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
