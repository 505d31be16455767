import { expect, test } from 'vitest';

import { commands } from '../src/cli/commands.ts';
import { describeOption } from '../src/cli/options.ts';
import { commandsWithoutDocker, flagsWithoutDocker } from './without-docker.mjs';

test('prepares Docker for exactly the commands that need it', () => {
  const free = commands.filter(({ needsDocker }) => !needsDocker).map(({ name }) => name);
  expect(free.toSorted()).toEqual(commandsWithoutDocker.filter((name) => name !== 'help').toSorted());
});

test('prepares no Docker for a flag that starts nothing', () => {
  const flags = commands.flatMap(({ options }) => options.map(describeOption));
  const free = flags.filter(({ startsNothing }) => startsNothing).map(({ flag }) => flag);
  expect(flagsWithoutDocker).toEqual(expect.arrayContaining(free));
});
