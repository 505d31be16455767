import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';

describe('an unusable flag', () => {
  test.each([
    { args: ['verify', '--only', 'no-such'], says: 'there is no scenario no-such' },
    { args: ['verify', '--time-scale', '0'], says: 'expected a number from 1 to 60' },
    { args: ['verify', '--seed', '-1'], says: 'expected a whole number' },
    { args: ['verify', '--runbook', 'no-such.md'], says: 'no-such.md does not exist' },
    { args: ['verify', '--no-such-flag'], says: 'unknown option' },
    { args: ['no-such-command'], says: 'unknown command' },
    { args: ['judge', 'no-such-run'], says: 'there is no run at no-such-run' },
    { args: ['alerts', 'sweep'], says: 'no recorded run is named' },
    { args: ['alerts', 'sweep', '--runs', 'x', '--rule', 'NoSuch'], says: 'there is no rule NoSuch' },
    {
      args: ['alerts', 'sweep', '--runs', 'x', '--rule', 'BullMQQueueStandsStill'],
      says: /worker-failure\.md:\d+:\d+: the expression of BullMQQueueStandsStill is no comparison/,
    },
    { args: ['alerts', 'sweep', '--runs', 'x', '--threshold', '9..1'], says: 'must begin with the smaller end' },
    { args: ['alerts', 'sweep', '--runs', 'x', '--for', '1..2'], says: 'expected a range such as 1m..15m' },
    { args: ['alerts', 'compare', '--runs', 'x', '--new', 'y.yml'], says: 'with --base' },
    {
      args: ['alerts', 'compare', '--runs', 'x', '--base', 'no.yml', '--new', 'no.yml'],
      says: 'no.yml does not exist',
    },
    { args: ['sandbox', 'down', 'no-such'], says: 'there is no sandbox no-such' },
  ])('$args is refused with exit 64 and starts nothing', async ({ args, says }) => {
    const { code, stdout, stderr } = await runDrillbook(args);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(code).toBe(64);
    expect(await sandboxObjects()).toEqual([]);
  });
});

describe('an unusable file', () => {
  const config = (changes: string): string =>
    `import base from '../../../drillbook.config.ts';\nexport default { ...base, runbook: '../../../runbooks/worker-failure.md', compose: '../../../docker-compose.test.yml', ${changes} };\n`;

  test.each([
    {
      what: 'a configuration with an unknown key',
      files: { 'drillbook.config.ts': config("scenarios: '../../../scenarios', colour: 'red'") },
      says: /drillbook\.config\.ts:\d+.*colour/,
    },
    {
      what: 'a configuration that does not parse',
      files: { 'drillbook.config.ts': 'export default {' },
      says: /drillbook\.config\.ts/,
    },
    {
      what: 'a scenario with an unknown fault',
      files: {
        'drillbook.config.ts': config("scenarios: 'scenarios'"),
        'scenarios/odd.scenario.ts':
          "export default {\n  id: 'odd',\n  title: 'odd',\n  fault: { kind: 'earthquake' },\n  recovery: [{ run: '3.1' }],\n};\n",
      },
      says: /odd\.scenario\.ts:\d+.*fault\.kind/,
    },
    {
      what: 'an empty runbook',
      files: {
        'drillbook.config.ts': config("scenarios: '../../../scenarios'").replace(
          "'../../../runbooks/worker-failure.md'",
          "'empty.md'",
        ),
        'empty.md': '',
      },
      says: /empty\.md:1/,
    },
  ])('$what is refused in one line that names the file, with exit 64', async ({ files, says }) => {
    await mkdir(path.join(projectDir, '.drillbook/projects'), { recursive: true });
    const cwd = await mkdtemp(path.join(projectDir, '.drillbook/projects/bad-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
        await writeFile(path.join(cwd, name), text);
      }
      const { code, stdout, stderr } = await runDrillbook(['verify'], { cwd });
      expect(stderr).toMatch(says);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
      expect(await sandboxObjects()).toEqual([]);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});
