import { expect, test } from 'vitest';

import { commands } from '../src/cli/commands.ts';
import { describeOption } from '../src/cli/options.ts';
import { flagsThatStartNothing, needsOf } from './needs.mjs';

test('prepares Docker for exactly the commands that need it', () => {
  const wanted = commands.map(({ name, needsDocker }) => [name, needsDocker]);
  const prepared = commands.map(({ name }) => [name, needsOf([...name.split(' '), '--json']).docker]);
  expect(prepared).toEqual(wanted);
});

test.each(['--help', '-V', '--list'])('prepares nothing for %s, which starts nothing', (flag) => {
  expect(needsOf(['verify', flag])).toEqual({ docker: false, promtool: false, chromium: false });
});

test('knows every flag that starts nothing', () => {
  const flags = commands.flatMap(({ options }) => options.map(describeOption));
  const free = flags.filter(({ startsNothing }) => startsNothing).map(({ flag }) => flag);
  expect(flagsThatStartNothing).toEqual(expect.arrayContaining(free));
});

test.each(['judge run', 'alerts test --runs run', 'alerts sweep', 'alerts compare'])(
  'prepares promtool but no engine for `%s`, which judges what was recorded',
  (line) => {
    expect(needsOf(line.split(' '))).toEqual({ docker: false, promtool: true, chromium: false });
  },
);

test.each(['verify', 'alerts record --healthy 6h', 'sandbox up'])('prepares both for `%s`', (line) => {
  expect(needsOf(line.split(' '))).toEqual({ docker: true, promtool: true, chromium: false });
});

test.each([[[]], [['doctor']], [['help', 'alerts']]])('prepares neither for %j', (words) => {
  expect(needsOf(words)).toEqual({ docker: false, promtool: false, chromium: false });
});

test('prepares a browser for the tests alone', () => {
  expect(needsOf(['--run', 'npm', 'run', 'test:all'])).toEqual({ docker: true, promtool: true, chromium: true });
});
