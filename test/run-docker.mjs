#!/usr/bin/env node
// Runs the tests that need Docker: all container tests, and the e2e tests but for those commands that are not drawn.
// The deep suite `commands` runs all of them: test/run-deep.mjs.
import { spawnSync } from 'node:child_process';

import { commandTests, fileOf } from './support/command-tests.ts';
import { sample } from './support/sample.ts';

const drawn = sample('commands', commandTests, (name) => name);
const left = commandTests.filter((name) => !drawn.includes(name));
const { status } = spawnSync(
  'vitest',
  [
    'run',
    ...['container', 'e2e'].map((project) => `--project=${project}`),
    '--outputFile.json=.drillbook/tests/docker.json',
    ...left.map((name) => `--exclude=${fileOf(name)}`),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
