import { Command } from 'commander';
import { expect, test } from 'vitest';

import { addCommand, defineCommand } from './define-command.ts';

test('a command gets the values that the table reads', async () => {
  const given: unknown[] = [];
  const program = new Command().exitOverride();
  const command = defineCommand({
    name: 'group try',
    summary: 'try',
    argument: { name: '[id]', text: 'an id' },
    needsDocker: false,
    options: ['seed', 'only', 'bullmqVersions', 'keep', 'timeScale'],
    run: async (flags, operands) => void given.push(flags, operands),
  });
  addCommand(program, command);
  const words = ['group', 'try', 'x1', '--only', 'a', 'b', '--bullmq', '5.1.0', '6.0.0', '--keep'];
  await program.parseAsync(words, { from: 'user' });
  expect(given).toEqual([
    { seed: 1, only: ['a', 'b'], bullmqVersions: ['5.1.0', '6.0.0'], keep: true, timeScale: undefined },
    ['x1'],
  ]);
  expect(program.commands[0]?.commands[0]?.helpInformation()).toContain('1 to 60 (default:');
});
