import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { EventBody, ProcedureEnded } from '../history/events.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { runProcedure } from '../operator/run-procedure.ts';
import { createOperatorHost } from '../arm/create-operator-host.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { Sandbox } from './sandbox.ts';
import type { HostileWorld } from './testing/hostile-world.ts';
import { startHostileWorld, type Started } from './testing/start-hostile-world.ts';

let started: Started;
let sandbox: Sandbox;
let world: HostileWorld;
const castFile = (): string => path.join(sandbox.directory, 'x.cast');
beforeAll(async () => {
  process.env['DRILLBOOK_HOSTILE_TEST'] = 'a variable of the harness';
  started = await startHostileWorld();
  ({ sandbox, world } = started);
});
afterAll(() => started[Symbol.asyncDispose]());
beforeEach(() => sandbox.operator.renew());

/** Runs a block under a terminal, as a run does. */
async function run(code: string, timeoutMs = 60_000): Promise<ProcedureEnded> {
  const runbook = await parseRunbook(`# R\n\n## 1. S\n\n\`\`\`bash\n${code}\n\`\`\`\n`, 'runbook.md');
  const [procedure] = runbook.procedures;
  if (!procedure) throw new Error('no block');
  const events: EventBody[] = [];
  await sandbox.operator.ensure();
  await runProcedure(
    createOperatorHost(sandbox.operator, started.directory),
    {
      procedure,
      args: [],
      answers: [],
      allowance: { realMs: timeoutMs },
      neverEndingMs: 500,
      clock: sandbox.clock,
      castFile: castFile(),
      signal: new AbortController().signal,
    },
    (event) => void events.push(event),
  );
  const ended = events.find((event) => event.type === 'procedure.ended');
  if (!ended) throw new Error('the end was not told');
  return ended;
}

const nextOneRuns = async (): Promise<void> =>
  expect(await run('echo fine')).toMatchObject({ exitCode: 0, ended: 'exited', output: 'fine\n' });

describe('the operator does not contain', () => {
  test('rights', async () => {
    const { output } = await world.runWalled(
      'grep -E "Cap(Eff|Bnd)|NoNewPrivs|Seccomp:" /proc/self/status; mount -t tmpfs x /mnt',
    );
    expect(output).toMatch(
      /CapEff:\s0+\nCapBnd:\s0+\nNoNewPrivs:\s1\nSeccomp:\s2\nmount: .*(permission|denied|must be superuser)/i,
    );
  });

  test('the harness’s environment, home, credentials, records and control token', async () => {
    const { output } = await world.runWalled(
      `cat /proc/[0-9]*/environ | tr '\\0' '\\n'; ls -A ~; cat .git/config; ls -A reports .git; find .drillbook -type f;
       ls -A /root /home; find / -name token -not -path '/proc/*' -not -path '/sys/*'; grep -rIls '${sandbox.controlToken}' / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev`,
    );
    expect(output).toContain('COMPOSE_PROJECT_NAME=');
    expect(output).not.toMatch(/DRILLBOOK_HOSTILE_TEST|hidden credentials|history\.jsonl|\btoken$/m);
    expect(output.match(/^\.drillbook\/.*$/gm)).toEqual([`.drillbook/sandboxes/${sandbox.id}/shared/override.yml`]);
  });

  test('the processes of the harness and of the host', async () => {
    const { output } = await world.runWalled('ps -e -o comm=');
    expect(output).not.toMatch(/node|dockerd|vitest/);
    expect((await world.runBare('docker run --rm --pid host "$IMAGE" ps -e -o comm=')).output).toMatch(/dockerd/);
  });
});

describe('a block cannot write', () => {
  test.each([
    ['the project', 'echo x >new-file; echo x >>compose.yml; rm compose.yml', []],
    [
      'reports and histories',
      'mkdir -p reports; echo x >>reports/history.jsonl; echo x >reports/report.json; mv reports other',
      [],
    ],
    [
      'the way to the engine',
      'rm -f /run/docker.sock; ln -sf /x /run/docker.sock; rm -f /run/drillbook/docker.sock; touch /run/drillbook/x',
      [],
    ],
    [
      'the block, and what traces it',
      'echo x >/trace/x; rm -rf /trace/*; echo x >/drillbook/libblocktrace.so; rm /drillbook/clock',
      [],
    ],
    [
      'the programs',
      'echo x >/usr/bin/docker; echo x >/etc/ld.so.preload; rm /usr/local/lib/docker/cli-plugins/docker-compose',
      [],
    ],
    [
      'the kernel’s files',
      'echo x >/proc/sys/kernel/core_pattern; echo b >/proc/sysrq-trigger; echo 1 >/sys/kernel/x',
      [],
    ],
  ])('%s', async (_what, script) => {
    const files = [
      started.directory,
      path.join(started.directory, 'reports'),
      path.join(sandbox.directory, 'clock'),
      path.join(sandbox.directory, 'wall'),
    ];
    const listing = async () => [
      await Promise.all(files.map((folder) => readdir(folder))),
      await readFile(path.join(started.directory, 'compose.yml'), 'utf8'),
      await readFile(path.join(started.directory, 'reports/history.jsonl'), 'utf8'),
      (await stat(path.join(sandbox.directory, 'clock/libblocktrace.so'))).mtimeMs,
    ];
    const before = await listing();
    const { output } = await world.runWalled(`{ ${script}; } 2>&1 | sort -u; docker compose ps -q redis | wc -l`);
    expect(await listing()).toEqual(before);
    // Below /tmp the operator writes to its own memory.
    if (!started.directory.startsWith('/tmp/'))
      expect(output).toMatch(/Read-only file system|Permission denied|Device or resource busy/);
    expect(output).toMatch(/^1$/m);
  });
});

describe('a block cannot reach', () => {
  /**
   * Asks all URLs at once, from the operator and from a worker. Each line of output: who asked, the URL, status or
   * `none`.
   */
  const ask = async (urls: readonly string[], header = 'x: y'): Promise<string> => {
    const asked = urls.map(
      (url) => `(echo "operator ${url} $(curl -s -m 3 -H '${header}' -w ' %{http_code}' ${url} || echo none)") &`,
    );
    const program = `for (const url of process.argv.slice(1)) fetch(url, { headers: ["${header}".split(": ")], signal: AbortSignal.timeout(15000) }).then(
      async (r) => console.log("worker", url, await r.text(), r.status), () => console.log("worker", url, "none"))`;
    const { output } = await world.runWalled(
      `${asked.join('\n')}\ndocker compose exec -T worker-nurturing node -e '${program}' ${urls.join(' ')}\nwait`,
    );
    for (const url of urls) for (const who of ['operator', 'worker']) expect(output).toContain(`${who} ${url} `);
    return output;
  };

  test('the control port by any name or address, even with the token', async () => {
    const { port, host } = await sandbox.address('external-apis', 9100);
    const headers = { authorization: `Bearer ${sandbox.controlToken}` };
    expect((await fetch(`http://${host}:${port}/control/faults`, { headers })).status).toBe(200);
    const { NetworkSettings } = await world.docker.getContainer(await sandbox.containerId('external-apis')).inspect();
    const addresses = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    expect(addresses).toHaveLength(2);
    const urls = ['external-apis', 'drillbook-harness', ...addresses].map(
      (target) => `http://${target}:9100/control/faults`,
    );
    const output = await ask(urls, `authorization: Bearer ${sandbox.controlToken}`);
    expect(output).not.toMatch(/ 200$/m);
    expect(output.match(/(403|none)$/gm)).toHaveLength(urls.length * 2);
    expect((await world.runWalled('timeout 3 getent hosts drillbook-harness')).exitCode).not.toBe(0);
  });

  test('the host by any of its addresses, which an ordinary container can reach', async () => {
    const { address, port } = world.listener;
    expect((await world.runBare(`curl -s -m 3 http://${address}:${port}/`)).output).toBe('the host answers\n');
    const networks = await world.docker.listNetworks({ filters: { label: [`io.drillbook.sandbox=${sandbox.id}`] } });
    const gateways = networks.flatMap(({ IPAM }) =>
      (IPAM?.Config ?? []).flatMap(({ Gateway, Subnet }) => Gateway ?? (Subnet ?? '').replace(/\.\d+\/\d+$/, '.1')),
    );
    expect(gateways.length).toBeGreaterThanOrEqual(3);
    const urls = [address, ...gateways].map((to) => `http://${to}:${port}/`);
    const output = await ask(urls);
    expect(output).not.toContain('the host answers');
    expect(output.match(/none$/gm)).toHaveLength(urls.length * 2);
  });

  test('names outside the sandbox', async () => {
    const { exitCode, output } = await world.runWalled('cat /etc/resolv.conf; timeout 3 getent ahosts example.com');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/^nameserver 127\.0\.0\.\d+$/m);
    expect((await world.runWalled('getent hosts redis')).exitCode).toBe(0);
  });

  test('other ports of an allowed host', async () => {
    const { port, otherPort } = world.listener;
    const allowed = await ask([`http://allowed.test:${port}/`]);
    expect(allowed.match(/the host answers/g)).toHaveLength(2);
    // The others are Drillbook's own doors, which are open on the host's side.
    const others = await ask([otherPort, 20_000, 20_001, 20_002].map((other) => `http://allowed.test:${other}/`));
    expect(others.match(/none$/gm)).toHaveLength(8);
  });

  test('the Redis of another sandbox by its address or its published port', async () => {
    expect((await world.runBare('docker exec "$VICTIM" redis-cli -h "$VICTIM_REDIS_IP" ping')).output).toBe('PONG\n');
    const { output } = await world.runWalled(
      `for to in "$VICTIM_REDIS_IP 6379" "127.0.0.1 $VICTIM_REDIS_PORT" "${world.listener.address} $VICTIM_REDIS_PORT"; do
         set -- $to; timeout 3 redis-cli -h "$1" -p "$2" ping || echo none; done; redis-cli -h redis ping`,
    );
    expect(output.match(/^(none|PONG)$/gm)).toEqual(['none', 'none', 'none', 'PONG']);
  });
});

const states = async (): Promise<readonly string[]> =>
  (await sandbox.containers()).map(({ service, state }) => `${service} ${state}`);

describe('a block cannot use up', () => {
  test('processes', async () => {
    const ended = await run(':() { : | : & }; :\nwait\nsleep 1000', 4000);
    expect(ended).toMatchObject({ ended: expect.stringMatching(/cut|operator-lost|exited/) as string });
    expect(ended.output).toMatch(/fork: (retry: )?Resource temporarily unavailable/);
    await nextOneRuns();
  });

  test('memory', async () => {
    const ended = await run('perl -e \'$x = "a" x (1 << 30); print length $x\'');
    expect(ended.exitCode).not.toBe(0);
    expect(ended.output).not.toContain('1073741824');
    await nextOneRuns();
  });

  test('disk', async () => {
    const { output } = await world.runWalled(
      `for f in /tmp/x /var/tmp/x ~/x /dev/shm/x /trace.log; do head -c 600M /dev/zero >$f && echo "filled $f"; done; ulimit -f 99999999`,
    );
    expect(output).not.toContain('filled');
    expect((await stat(sandbox.operator.trace.host)).size).toBeLessThanOrEqual(256 * 1024 * 1024);
    await nextOneRuns();
  });

  test('the engine’s disk, by a container of the fleet', async () => {
    const fill = 'head -c 900M /dev/zero >/tmp/fill; sync; sleep 3000; echo still there';
    const { output, events } = await world.runWalled(`docker compose exec -T worker-nurturing sh -c '${fill}'`);
    expect(output).not.toContain('still there');
    expect(events.filter(({ outcome }) => outcome === 'refused').map(({ attempt }) => attempt)).toEqual([
      expect.stringMatching(/^fill the disk: worker-nurturing held \d+ MiB$/) as string,
    ]);
    await pollUntil(async () => (await states()).includes('worker-nurturing running'), {
      what: 'a new worker',
      withinMs: 30_000,
    });
    expect(await sandbox.exec('worker-nurturing', ['ls', '/tmp'])).not.toContain('fill');
    await nextOneRuns();
  });

  test('the reader of the trace', async () => {
    const before = process.memoryUsage().rss;
    const ended = await run('head -c 200M /dev/zero >>/trace.log; echo done');
    expect(ended).toMatchObject({ ended: 'exited', exitCode: 0, traced: false });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    await nextOneRuns();
  });

  test.each([
    ['one program', 'yes "a line that goes on and on"'],
    ['a loop', 'while :; do head -c 100000 /dev/zero | tr "\\0" a; done'],
    ['lines that never end', 'cat /dev/zero'],
  ])('the record, by endless output: %s', async (_what, code) => {
    const ended = await run(code, 4000);
    expect(ended).toMatchObject({ ended: expect.stringMatching(/cut|exited/) as string, outputCut: true });
    expect(ended.output.length).toBeLessThanOrEqual(256 * 1024);
    expect((await stat(castFile())).size).toBeLessThan(9 * 1024 * 1024);
    await nextOneRuns();
  });
});

test('the next arm finds neither processes nor files of an earlier block', async () => {
  // The earlier tests may have left things here, or have had an operator of their own.
  await sandbox.operator.renew();
  // A process in the background is called sleep only after it has started the program.
  const bothSleep = 'until [ "$(pgrep -xc sleep)" = 2 ]; do :; done';
  await world.runWalled(
    `setsid sleep 54321 >/dev/null 2>&1 & nohup sleep 54321 >/dev/null 2>&1 & echo x >/tmp/left; ${bothSleep}`,
  );
  // A checkout below /tmp shows there as well.
  const left = async (): Promise<string> => (await world.runWalled('pgrep -xc sleep; ls /tmp | grep -x left')).output;
  expect(await left()).toBe('2\nleft\n');
  await sandbox.operator.renew();
  expect(await left()).toBe('0\n');
});

describe('a restore finds and removes', () => {
  const runs = async (): Promise<readonly string[]> =>
    (await started.world.docker.listContainers({ filters: { label: [`io.drillbook.sandbox=${sandbox.id}`] } }))
      .map(({ Names, Command }) => `${Names[0]} ${Command}`)
      .toSorted();

  test.each([
    ['nothing', 'docker compose exec -T api true; docker compose exec -T redis redis-cli ping', []],
    ['a process', 'docker compose exec -d -T api sleep 54321', ['api still runs `sleep 54321`']],
    [
      'an orphaned process',
      'docker compose exec -T worker-nurturing sh -c "setsid sleep 54321 >/dev/null 2>&1 &"',
      ['worker-nurturing still runs `sleep 54321`'],
    ],
    [
      'a file',
      'docker compose exec -T -u root redis sh -c "echo left >/etc/left"',
      ['redis has 5 B in its own layer instead of 0 B'],
    ],
    [
      'limits',
      'docker update --cpu-shares 512 "$(docker compose ps -q worker-nurturing)"',
      ['worker-nurturing has other settings'],
    ],
    ['a container of a single run', 'docker compose run -d --no-deps api sleep 54321', []],
    [
      'one more container',
      'docker compose up -d --no-deps --no-recreate --scale worker-nurturing=2 worker-nurturing',
      ['worker-nurturing has 2 containers instead of 1'],
    ],
    [
      'no container',
      'docker compose rm --stop --force worker-nurturing',
      ['worker-nurturing has 0 containers instead of 1'],
    ],
  ])('is gone in the next arm: %s', async (_what, script, expected) => {
    await sandbox.restore();
    const before = await runs();
    const { exitCode, output } = await world.runWalled(script);
    expect(exitCode, output).toBe(0);
    expect((await sandbox.restore()).map(({ service, how }) => `${service} ${how}`)).toEqual(expected);
    expect(await runs()).toEqual(before);
    // A second restore finds nothing.
    await world.runWalled('for s in api redis worker-nurturing; do docker compose exec -T $s true; done');
    expect(await sandbox.restore()).toEqual([]);
  });
});

test('control sequences in the output are plain text after the block', async () => {
  const { output } = await run(
    "printf '\\033]0;title\\007\\033[2J\\033[31mred\\033[0m\\n::error::injected\\n<b>x</b>\\n'",
  );
  expect(output).toMatch(/red\n::error::injected\n<b>x<\/b>\n/);
  expect(output).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
});

test('a block that kills and removes all that it sees affects the fleet alone, which can come back', async () => {
  const killed = await world.runWalled('docker kill $(docker ps -q) && docker ps -q | wc -l');
  expect(await states()).toEqual(['api exited', 'external-apis running', 'redis exited', 'worker-nurturing exited']);
  expect(killed.output).toMatch(/^1$/m);
  expect(killed.events.map(({ outcome, attempt }) => `${outcome}: ${attempt}`).toSorted()).toEqual([
    'obeyed: kill api',
    'obeyed: kill redis',
    'obeyed: kill worker-nurturing',
    'spared: kill external-apis',
  ]);
  const removed = await world.runWalled('docker rm -f $(docker ps -aq)');
  expect(await states()).toEqual(['external-apis running']);
  expect(removed.exitCode).not.toBe(0);
  expect(removed.events.map(({ outcome, attempt }) => `${outcome}: ${attempt}`).toSorted()).toEqual([
    'obeyed: remove api',
    'obeyed: remove redis',
    'obeyed: remove worker-nurturing',
    expect.stringMatching(/^refused: remove .*external-apis/) as string,
  ]);
  // The next block of the same arm runs although the api is gone.
  await sandbox.operator.ensure();
  const back = await sandbox.operator.run(['docker', 'compose', 'up', '-d', '--wait']);
  expect(back.exitCode, back.stderr).toBe(0);
  expect(await states()).toEqual(['api running', 'external-apis running', 'redis running', 'worker-nurturing running']);
  expect(await world.harms()).not.toContain('victims');
});

test('the operator is on the api’s network, and stays on it when the api restarts', async () => {
  const ping = (): Promise<{ output: string }> => world.runWalled('redis-cli -h redis ping; echo seen >>/tmp/seen');
  expect((await ping()).output).toBe('PONG\n');
  await world.runWalled('docker compose restart -t 0 api');
  expect((await ping()).output).toBe('PONG\n');
  expect((await world.runWalled('cat /tmp/seen')).output).toBe('seen\nseen\n');
});
