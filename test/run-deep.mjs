#!/usr/bin/env node
// Runs the deep suites whole: every case, not the sample that CI draws.
//
//   npm run test:deep                      all suites
//   npm run test:deep -- killed hostile    these suites
//   npm run test:deep -- --resume          skips what has passed at this commit
//   npm run test:deep -- --list
//
// Each suite runs in parts, one vitest each. `.drillbook/deep.json` keeps what passed, part by part.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { commandTests, fileOf } from './support/command-tests.ts';

/** Suite: the vitest project, its files, in how many parts it runs, and what it proves. */
const suites = {
  killed: {
    project: 'e2e',
    files: ['test/killed.e2e.test.ts'],
    parts: 5,
    proves: 'a run killed at 50 points leaves nothing behind',
  },
  'broken-blocks': {
    project: 'e2e',
    files: ['test/broken-blocks.e2e.test.ts'],
    parts: 3,
    proves: 'every broken block of our runbook fails',
  },
  'hard-to-fool': {
    project: 'e2e',
    files: ['test/hard-to-fool.e2e.test.ts'],
    parts: 3,
    proves: 'plausible but wrong procedures fail',
  },
  sandboxes: {
    project: 'e2e',
    files: ['test/sandboxes.e2e.test.ts'],
    parts: 1,
    proves: 'several sandboxes, and rebuilt ones',
  },
  interrupt: {
    project: 'e2e',
    files: ['test/interrupt.e2e.test.ts'],
    parts: 1,
    proves: 'an interrupt in any phase ends in order',
  },
  commands: {
    project: 'e2e',
    files: commandTests.map(fileOf),
    parts: commandTests.length,
    proves: 'each command works, and damage from outside is told',
  },
  verify: {
    project: 'e2e',
    files: ['test/verify.e2e.test.ts'],
    parts: 1,
    proves: 'our runbook passes the whole gate',
  },
  'healthy-day': {
    project: 'e2e',
    files: ['test/healthy-day.e2e.test.ts'],
    parts: 1,
    proves: 'no alert rule of ours raises a false alarm in six hours of health',
  },
  faults: {
    project: 'container',
    files: ['src/faults/faults.container.test.ts'],
    parts: 1,
    proves: 'each fault takes effect and heals',
  },
  'wall-conformance': {
    project: 'container',
    files: ['src/sandbox/wall-conformance.container.test.ts'],
    parts: 2,
    proves: 'docker and Compose behave through the wall as on the engine',
  },
  'hostile-blocks': {
    project: 'container',
    files: ['src/sandbox/hostile-blocks.container.test.ts'],
    parts: 3,
    proves: 'no known attack leaves the sandbox',
  },
};
const file = new URL('../.drillbook/deep.json', import.meta.url);

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const flags = args.filter((arg) => arg.startsWith('--'));
const unknown = [
  ...wanted.filter((name) => !(name in suites)),
  ...flags.filter((flag) => !['--resume', '--list'].includes(flag)),
];
if (unknown.length > 0) {
  console.error(
    `test:deep: there is no ${unknown.join(', ')}; suites: ${Object.keys(suites).join(', ')}; flags: --resume, --list`,
  );
  process.exit(64);
}
if (flags.includes('--list')) {
  for (const [name, { parts, proves }] of Object.entries(suites))
    console.log(`${name.padEnd(16)} ${parts} parts  ${proves}`);
  process.exit(0);
}

const commit = git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
const resume = flags.includes('--resume');
const done = resume ? readDone() : {};
let failed = 0;
for (const [name, { project, files, parts }] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (let part = 1; part <= parts; part += 1) {
    const key = `${name} ${part}/${parts}`;
    if (done[key]?.commit === commit) {
      console.log(`== ${key}: passed before, skipped`);
      continue;
    }
    console.log(`== ${key}`);
    const began = performance.now();
    const { status } = spawnSync(
      'vitest',
      ['run', '--project', project, '--outputFile.json=.drillbook/tests/deep.json', ...testsOf(files, parts, part)],
      { stdio: 'inherit', env: { ...process.env, DRILLBOOK_DEEP: '1', ...partFor(files, parts, part) } },
    );
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`== ${key}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (status !== 0) failed += 1;
    else if (!commit.endsWith(' with changes')) keep({ ...readDone(), [key]: { commit, seconds } });
  }
}
console.log(failed === 0 ? 'test:deep: all passed' : `test:deep: ${failed} parts failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * A suite of several files runs one of them in each part; a suite of one file divides its cases itself.
 * @param {readonly string[]} files
 * @param {number} parts
 * @param {number} part
 */
function testsOf(files, parts, part) {
  return files.length === parts ? [files[part - 1] ?? ''] : files;
}

/**
 * What divides the cases of a suite of one file. A file of several runs whole.
 * @param {readonly string[]} files
 * @param {number} parts
 * @param {number} part
 */
function partFor(files, parts, part) {
  return { DRILLBOOK_PART: files.length === parts ? undefined : `${part}/${parts}` };
}

/** @returns {Record<string, { commit: string, seconds: number }>} */
function readDone() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return {};
    throw error;
  }
}

/** @param {Record<string, { commit: string, seconds: number }>} what */
function keep(what) {
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(what, undefined, 2)}\n`);
}

/** @param {...string} words */
function git(...words) {
  return spawnSync('git', words, { encoding: 'utf8' }).stdout.trim();
}
