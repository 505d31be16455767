import { describe, expect, test } from 'vitest';

import { parseRunbook } from './parse-runbook.ts';
import type { Runbook } from './runbook.ts';
import { findProcedure, findProcedures } from './select-procedure.ts';

/** Line 5 is the first line of the text. */
const read = (...lines: readonly string[]): Promise<Runbook> =>
  parseRunbook(`# Mail\n\n## 1. Down\n\n${lines.join('\n')}\n`, 'm.md');
const fence = (language: string, ...lines: readonly string[]): readonly string[] => [
  `\`\`\`${language}`,
  ...lines,
  '```',
];
const addressesOf = ({ procedures }: Runbook): readonly string[] => procedures.map(({ address }) => address);
const notesOf = ({ notUnderstood }: Runbook): readonly string[] =>
  notUnderstood.map(({ message, location }) => `${location.line} ${message}`);
/** `line:column text` of each command. */
const commandsOf = ({ procedures }: Runbook): readonly string[] =>
  procedures.flatMap(({ commands }) =>
    commands.map(({ text, location: { line, column } }) => `${line}:${column} ${text}`),
  );

describe('a session with prompts', () => {
  test.each(['console', 'shell-session', 'sh-session', 'terminal', ''])(
    'in a fence tagged `%s` gives the commands after its prompts, at their places',
    async (language) => {
      const runbook = await read(
        ...fence(
          language,
          '$ docker compose ps mail',
          'NAME   STATUS',
          'mail   docker says it is down',
          '$ docker compose up \\',
          '    --detach mail',
          '# the relay follows',
          '$ docker compose restart relay |',
          '> cat',
          '> npm notice',
        ),
      );
      expect(addressesOf(runbook)).toEqual([`1 > ${language || 'untagged'}[1]`]);
      expect(commandsOf(runbook)).toEqual([
        '6:3 docker compose ps mail',
        '9:3 docker compose up \\\n    --detach mail',
        '12:3 docker compose restart relay',
        '13:3 cat',
      ]);
      const [procedure] = runbook.procedures;
      expect(procedure?.code).toBe(
        'docker compose ps mail\n\n\ndocker compose up \\\n    --detach mail\n\ndocker compose restart relay |\ncat\n',
      );
      expect(procedure?.commands.map(({ lineInBlock }) => lineInBlock)).toEqual([1, 4, 7, 8]);
      expect(notesOf(runbook)).toEqual([]);
    },
  );

  test('in a list and with the name of a host keeps its places', async () => {
    const runbook = await read(
      '- First:',
      '',
      '  ```console',
      '  ops@mail-1:/srv$ docker compose ps',
      '  [root@mail-1 srv]# redis-cli ping',
      '  PONG',
      '  ```',
    );
    expect(commandsOf(runbook)).toEqual(['8:20 docker compose ps', '9:22 redis-cli ping']);
  });

  test('of root gives its commands', async () => {
    const runbook = await read(...fence('console', '# docker compose ps', 'NAME   STATUS', '# redis-cli ping', 'PONG'));
    expect(commandsOf(runbook)).toEqual(['6:3 docker compose ps', '8:3 redis-cli ping']);
  });

  test('keeps here-documents and quoted lines', async () => {
    const runbook = await read(
      ...fence('console', "$ docker compose exec -T mail sh <<'E'", '> echo "a"', '> E', 'a', '$ echo "b', 'c"', 'b'),
    );
    expect(runbook.procedures[0]?.code).toBe('docker compose exec -T mail sh <<\'E\'\necho "a"\nE\n\necho "b\nc"\n');
  });

  test('notes a line without a prompt that looks like a command', async () => {
    const runbook = await read(
      ...fence('console', '$ docker compose ps', 'docker compose down --volumes', '# pm2 kill'),
    );
    expect(commandsOf(runbook)).toEqual(['6:3 docker compose ps']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^7 .*`docker compose down --volumes`.* prompt/)]);
  });
});

describe('a fence without prompts', () => {
  test.each(['', 'console'])('tagged `%s` is taken if the operator has every command', async (language) => {
    const runbook = await read(
      ...fence(
        language,
        '# the queue store',
        'for worker in mail relay; do',
        '  docker compose restart "worker-$worker" && sleep 5',
        'done',
        'docker compose exec -T redis redis-cli info | grep -c <word>',
      ),
    );
    expect(addressesOf(runbook)).toEqual([`1 > ${language || 'untagged'}[1]`]);
    expect(commandsOf(runbook)[0]).toBe('8:3 docker compose restart "worker-$worker"');
    expect(runbook.procedures[0]?.placeholders).toEqual(['word']);
    expect(notesOf(runbook)).toEqual([]);
  });

  test.each([
    [['NAME   STATUS', 'mail   Up 3 minutes']],
    [['Error: connect ECONNREFUSED 127.0.0.1:6379']],
    [['mail -> relay -> smtp']],
    [['{ "queue": "mail.send" }']],
    [['echo wait for it', 'sleep 5']],
    [['find the queue that docker forgot']],
    [['┌──────┐', '│ mail │', '└──────┘']],
    [['']],
  ])('is not taken, and no note is due: %j', async (lines) => {
    const runbook = await read(...fence('', ...lines));
    expect(addressesOf(runbook)).toEqual([]);
    expect(notesOf(runbook)).toEqual([]);
  });

  test.each([
    [['docker compose ps', '# or', 'ps aux | grep mail'], 6, 'docker compose ps'],
    [['pm2 restart mail'], 6, 'pm2 restart mail'],
    [['systemctl restart mail'], 6, 'systemctl restart mail'],
    [['sudo docker compose ps'], 6, 'sudo docker compose ps'],
    [['Restart it:', 'docker compose restart mail'], 7, 'docker compose restart mail'],
    [['$RUN docker', 'docker compose ps'], 7, 'docker compose ps'],
    [['docker compose exec mail sh -c "'], 6, 'docker compose exec mail sh -c "'],
    [['docker-compose down -v'], 6, 'docker-compose down -v'],
  ])('is not taken, and the command is noted: %j', async (lines, line, command) => {
    const runbook = await read(...fence('', ...lines));
    expect(addressesOf(runbook)).toEqual([]);
    expect(notesOf(runbook)).toEqual([expect.stringContaining(`\`${command}\``)]);
    expect(runbook.notUnderstood[0]?.location.line).toBe(line);
    expect(runbook.notUnderstood[0]?.message).toContain('tag it `bash`');
  });
});

describe('other tags', () => {
  test.each(['zsh', 'ksh', 'dash', 'shellscript'])('`%s` is taken if bash can read it', async (language) => {
    expect(addressesOf(await read(...fence(language, './mend.sh')))).toEqual([`1 > ${language}[1]`]);
    const foreign = await read(...fence(language, 'repeat 3 { docker compose ps ( }'));
    expect(addressesOf(foreign)).toEqual([]);
    expect(notesOf(foreign)).toEqual([expect.stringMatching(new RegExp(`^5 .*\`${language}\`.* bash cannot`))]);
  });

  test.each([
    ['text', 'docker compose ps'],
    ['python', 'docker compose ps'],
    ['powershell', 'redis-cli -h cache ping'],
    ['fish', 'systemctl restart mail'],
  ])('`%s` with a command is noted', async (language, line) => {
    const runbook = await read(...fence(language, 'x = 1', line));
    expect(addressesOf(runbook)).toEqual([]);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(new RegExp(`^7 .*\`${language}\`.*\`${line}\``))]);
  });

  test.each([
    ['yaml', 'image: docker'],
    ['js', 'const docker = 1;'],
    ['promql', 'rate(docker_up[5m])'],
    ['json', '"docker compose ps"'],
  ])('`%s` without one is not', async (language, line) => {
    expect(notesOf(await read(...fence(language, line)))).toEqual([]);
  });
});

describe('what Markdown does not read as a fence is noted', () => {
  test.each<readonly [name: string, at: number, lines: readonly string[], says: RegExp]>([
    ['indented code', 5, ['    docker compose logs mail'], /indented/],
    ['a fence in a tab', 9, ['=== "Docker"', '', '    ```bash', '    # now', '    ./mend.sh', '    ```'], /indented/],
    ['HTML', 8, ['<details>', '<summary>More</summary>', '```bash', 'docker compose ps', '```', '</details>'], /HTML/],
    ['a paragraph that is only a command', 5, ['`docker compose restart mail`'], /not in a fence/],
    ['an item that is only a command', 6, ['1. Run', '2. `redis-cli ping`'], /not in a fence/],
  ])('%s', async (_, at, lines, says) => {
    const runbook = await read(...lines);
    expect(addressesOf(runbook)).toEqual([]);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(says)]);
    expect(runbook.notUnderstood[0]?.location.line).toBe(at);
  });

  test.each([
    ['    NAME  STATUS', '    mail  Up'],
    ['    ```yaml', '    queue: mail', '    ```'],
    ['<details>', '<summary>More about docker</summary>', 'It is a queue.', '</details>'],
    ['<!-- docker compose ps -->'],
    ['Use `docker compose ps` to see it.'],
    ['`mail.send`'],
  ])('unless it holds no command: %j', async (...lines) => {
    expect(notesOf(await read(...lines))).toEqual([]);
  });
});

test('the new blocks leave the addresses of the others alone, and an address finds each of them', async () => {
  const runbook = await read(
    ...fence('', 'docker compose ps'),
    ...fence('bash', 'docker compose restart mail'),
    ...fence('console', '$ docker compose ps'),
    ...fence('bash', 'docker compose restart relay'),
  );
  expect(addressesOf(runbook)).toEqual(['1 > untagged[1]', '1 > bash[1]', '1 > console[1]', '1 > bash[2]']);
  for (const procedure of runbook.procedures)
    expect(findProcedure(runbook, procedure.address)).toMatchObject({ kind: 'found', procedure });
  expect(findProcedures(runbook, '1 > untagged[all]')).toMatchObject({ kind: 'found' });
  expect(findProcedure(runbook, '1 > console[last]')).toMatchObject({ procedure: { address: '1 > console[1]' } });
});

test('an annotation may stand above every block that is taken', async () => {
  const runbook = await read('<!-- drillbook: id=look -->', '', ...fence('console', '$ docker compose ps'));
  expect(findProcedure(runbook, '#look').kind).toBe('found');
});

test('a selector that finds nothing names the lines of its section that are not understood', async () => {
  const runbook = await read(
    '    docker compose ps',
    '',
    ...fence('text', 'redis-cli ping'),
    '',
    '## 2. Up',
    '',
    '    pm2 kill',
  );
  const found = findProcedure(runbook, '1 > bash[1]');
  expect(found).toMatchObject({ kind: 'none' });
  expect(found.kind === 'found' ? '' : found.message).toMatch(/has no shell block, and lines 5, 8 are not understood$/);
  const other = findProcedure(runbook, '2 > bash[1]');
  expect(other.kind === 'found' ? '' : other.message).toMatch(/has no shell block, and line 13 is not understood$/);
});

test('the card notes what looks like a command and is none of its own', async () => {
  const runbook = await parseRunbook(
    [
      '# Mail',
      '',
      '## Quick reference',
      '',
      '```',
      '│ Stuck?             │',
      '│   redis-cli ping   │',
      '│   ps aux --forest  │',
      '```',
    ].join('\n'),
    'm.md',
  );
  expect(addressesOf(runbook)).toEqual(['Quick reference > card[1]']);
  expect(notesOf(runbook)).toEqual([expect.stringMatching(/^8 .*`ps aux --forest`.* card/)]);
});
