/**
 * Runs the same commands through the wall and on the engine's own socket, from two containers that differ only in that.
 * Output and exit codes must be the same, except for ids, times, measured sizes, and what the wall hides.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Writable, type Duplex, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { isFirstPart, sample } from '../../test/support/sample.ts';
import { runScript } from '../../test/support/twin-operator.ts';
import { exitOf, type ExecOutcome } from './run-exec.ts';
import { startWalledSandbox, type WalledSandbox } from '../../test/support/walled-sandbox.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { Sandbox } from './sandbox.ts';

type Side = 'wall' | 'engine';

let walled: WalledSandbox;
let docker: Docker;
let sandbox: Sandbox;
let sides: Readonly<Record<Side, Docker.Container>>;
beforeAll(async () => {
  const fixture = path.resolve(import.meta.dirname, '../../fixtures/small-fleet/compose.yml');
  // One value comes from the shell, as in real compose files.
  const compose = (await readFile(fixture, 'utf8')).replace(
    'SERVICE: worker-nurturing\n',
    'SERVICE: worker-nurturing\n      NOTE: ${NOTE:-none}\n',
  );
  walled = await startWalledSandbox({ 'compose.yml': compose });
  ({ sandbox, bare: docker } = walled);
  sides = { wall: walled.operator, engine: walled.twin };
});
afterAll(() => walled[Symbol.asyncDispose]());

/** Variables for the scripts below. */
const preamble = `
C=$COMPOSE_PROJECT_NAME-worker-nurturing-1 R=$COMPOSE_PROJECT_NAME-redis-1 W=worker-nurturing
dc() { docker compose "$@"; }
`;

async function ask(side: Side, script: string): Promise<ExecOutcome> {
  const { exitCode, stdout, stderr } = await runScript(docker, sides[side], preamble + script);
  return { exitCode, stdout: normalise(stdout), stderr: normalise(stderr) };
}

/** Removes what differs between any two runs of one command. */
function normalise(printed: string): string {
  return (
    printed
      .replaceAll('\r', '')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))?( UTC)?/g, '<time>')
      .replace(/\b\d{10}(\.\d{9})?\b/g, '<time>')
      .replace(/\b[0-9a-f]{64}\b/g, '<id>')
      .replace(/\b[0-9a-f]{12}\b/g, '<id>')
      .replace(/\b(About an?|Less than a|\d+) (second|minute|hour)s?( ago)?/g, '<span>')
      .replace(/\b\d+(\.\d+)?(ms|s)\b/g, '<span>')
      .replace(/\b\d+(\.\d+)?%/g, '<share>')
      .replace(/\b\d+(\.\d+)?([kMG]i?)?B\b/g, '<size>')
      // How a worker ends depends on whether it was already up.
      .replace(/^(0|137|143)$/gm, '<ended>')
      // Engines before 25 print it twice.
      .replace(/no such image: \S+: (?=No such image)/g, '')
      // The widest entry sets the width of a column, and may be one of the above.
      .replace(/[ \t]+/g, ' ')
      .replace(/ +$/gm, '')
      .trim()
  );
}

function linesOf(printed: string): string[] {
  return printed.split('\n').map((line) => line.trim());
}

let turn = 0;

/** Runs a script on one side and then on the other. The sides take turns to be first. */
async function compare(script: string): Promise<void> {
  const order: readonly Side[] = turn++ % 2 === 0 ? ['wall', 'engine'] : ['engine', 'wall'];
  const outcomes = {} as Record<Side, ExecOutcome>;
  for (const side of order) {
    const outcome = await ask(side, script);
    // Compose works on several containers at once, and prints each in the order of completion.
    outcomes[side] = { ...outcome, stderr: linesOf(outcome.stderr).toSorted().join('\n') };
  }
  expect(outcomes.wall, script).toEqual(outcomes.engine);
}

/** Commands that change nothing may run on both sides at once. */
async function compareLook(script: string): Promise<void> {
  const [throughWall, bare] = await Promise.all([ask('wall', script), ask('engine', script)]);
  expect(throughWall, script).toEqual(bare);
}

const itself = (script: string): string => script;

/** Filters lists such as `docker ps` to what both sides show: without the harness's containers and those of others. */
const own = `grep -E "^$COMPOSE_PROJECT_NAME-(redis|api|worker-nurturing|external-apis)-1" | sort`;

describe('commands that change nothing', () => {
  const looks: readonly string[] = [
    'dc ps',
    'dc ps --all --format json | jq -S "del(.ID, .RunningFor, .Status, .CreatedAt, .Labels, .Networks, .Mounts, .Health)"',
    'dc ps --all --quiet',
    'dc ps --services --status running',
    'dc ps $W --format "{{.Name}} {{.State}} {{.Ports}}"',
    'dc ps --status exited',
    'dc ps missing',
    'dc logs --no-color redis',
    'dc logs --no-color --tail 3 redis api | sort',
    'dc logs --no-color --since 1h --tail 2 --timestamps redis',
    'dc logs --no-log-prefix --tail 1 redis',
    'dc logs missing',
    'timeout -s INT 3 docker compose logs -f --no-color --tail 2 redis',
    'dc top redis | grep -c redis-server; dc top missing',
    'dc port redis 6379',
    'dc port redis 1',
    'dc images | sort',
    'dc config --services | sort; dc config --images | sort',
    'dc stats --no-stream | sort | sed -E "s/ [0-9]+ *$//"',
    'dc stats --no-stream --format "{{.Name}}" redis',
    'dc ls --filter name=$COMPOSE_PROJECT_NAME',
    'dc volumes',
    'dc version',
    'docker version',
    `docker ps --format "{{.Names}} {{.Image}} {{.State}} {{.Command}}" | ${own}`,
    `docker ps --all --no-trunc --format "{{.Names}} {{.Ports}}" | ${own}`,
    'docker ps --filter name=$R --filter status=running --format "{{.Names}}"',
    'docker ps --filter label=com.docker.compose.service=redis --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker ps --filter nonsense=1',
    'docker inspect $R $C | jq -S "del(.[].State.Health, .[].ExecIDs) | map(.Mounts |= sort_by(.Destination))"',
    'docker inspect --format "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}" $R',
    'docker inspect missing',
    'docker container inspect missing',
    'docker inspect --type network missing; docker volume inspect missing; docker image inspect missing',
    'docker image inspect $(docker inspect --format "{{.Config.Image}}" $R)',
    'docker network ls --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker network inspect --format "{{.Name}} {{.Driver}} {{.Internal}}" ${COMPOSE_PROJECT_NAME}_default',
    'docker volume ls --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker volume inspect ${COMPOSE_PROJECT_NAME}_redis-data',
    'docker logs --tail 2 --timestamps --details $R',
    'docker logs --until 1s --since 1h $R',
    'docker logs missing',
    'timeout -s INT 3 docker logs -f --tail 1 $R',
    'docker top $R -o comm; docker top missing',
    'docker stats --no-stream --format "{{.Name}} {{.MemPerc}}" $R',
    'docker stats --no-stream missing',
    'docker port $R',
    'docker diff $R',
    // The engine keeps its last 256 events only, so the script makes the event that it looks for.
    'docker kill -s CONT $R; docker events --since 10m --until 0m --filter container=$R --filter event=kill --format "{{.Action}} {{.Actor.Attributes.name}}" | tail -1',
    'curl -s --unix-socket /run/docker.sock http://docker/_ping; curl -sI --unix-socket /run/docker.sock http://docker/_ping | tr A-Z a-z | grep -E "^(http|api-version|ostype|docker-exp)"',
  ];
  test.for(sample('wall-conformance', looks, itself))('%s', compareLook);
});

describe('exec', () => {
  const execs: readonly string[] = [
    'dc exec -T redis sh -c "echo out; echo err >&2; exit 7"',
    'dc exec redis echo without a terminal',
    'echo x | docker compose exec -T redis cat',
    'echo x | docker compose exec -T redis sh -c "cat; echo after the end of the input"',
    'dc exec -T -e A=1 -e B="two words" -w /usr -u daemon redis sh -c "echo $A \\$A \\$B; pwd; id -un"',
    'dc exec -T missing true',
    'dc exec -T redis no-such-program',
    'dc exec -T -w /no/such/folder redis true',
    'dc exec -T -u no-such-user redis true',
    'dc exec -T --index 7 redis true',
    'dc exec -T redis sh -c "kill -9 \\$\\$"',
    'dc exec -d redis sh -c "exit 3"',
    'docker exec $R sh -c "echo out; echo err >&2; exit 9"',
    'docker exec missing true',
    'docker exec -d $R true',
    'docker exec --privileged=false -i $R cat < /dev/null',
    'yes drillbook | head -c 20000000 > /tmp/blob; docker compose exec -T redis cat < /tmp/blob | sha256sum; sha256sum < /tmp/blob; rm /tmp/blob',
    'yes drillbook | head -c 20000000 | docker exec -i $R sha256sum',
    'docker exec $R sh -c "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2" 2> /tmp/err | wc -c; wc -c < /tmp/err',
    'docker exec $R sh -c "yes | head -c 50000000" | head -c 10; echo $?',
  ];
  test.for(sample('wall-conformance', execs, itself))('%s', compareLook);
});

describe('commands that change the fleet', () => {
  const changes: readonly string[] = [
    'dc restart $W; dc ps --format "{{.Service}} {{.State}}" | sort',
    'dc stop $W; dc ps --all --format "{{.Service}} {{.State}}" | sort; dc ps $W; dc exec -T $W true; docker exec $C true; dc top $W; dc stop $W; dc start $W; dc start $W',
    'dc kill -s KILL $W; dc ps -a --format "{{.Service}} {{.State}} {{.ExitCode}}" $W; dc kill $W; docker kill $C; dc up -d',
    'dc pause $W; dc ps --format "{{.State}}" $W; dc exec -T $W true; dc pause $W; dc unpause $W; dc unpause $W',
    'dc up -d --no-deps $W; docker ps -aq --no-trunc --filter name=$COMPOSE_PROJECT_NAME | sort > /tmp/before; dc up -d --force-recreate $W; docker ps -aq --no-trunc --filter name=$COMPOSE_PROJECT_NAME | sort > /tmp/after; comm -13 /tmp/before /tmp/after | wc -l; comm -23 /tmp/before /tmp/after | wc -l',
    'dc up -d missing',
    'NOTE=changed docker compose up -d $W; dc exec -T $W printenv NOTE; NOTE=changed docker compose up -d $W; dc up -d $W; dc exec -T $W printenv NOTE',
    'dc rm -f $W; dc rm -sf $W; dc ps --all $W; dc up -d $W; dc ps --format "{{.State}}" $W',
    'dc run --rm -T --no-deps $W echo said; dc run --rm -T --no-deps -e NOTE=mine -w /tmp -u daemon --entrypoint sh $W -c "printenv NOTE; pwd; id -un; exit 5"; echo in | docker compose run --rm -T --no-deps $W cat; dc ps --all --format "{{.Service}}" | sort',
    'dc up -d --scale $W=2 --no-recreate; dc ps --format "{{.Name}}" $W | sort; dc up -d --scale $W=1; dc ps --format "{{.Name}}" $W',
    'docker restart -t 30 $C; docker stop -t 30 $C; docker wait $C; docker start $C; docker kill -s NOSUCH $C; docker rename $C $C-other; docker rename $C-other $C; docker update --memory 900m --memory-swap 1800m $C; docker pause $C; docker unpause $C',
    'docker wait $C & sleep 1; docker stop -t 30 $C > /dev/null; wait; docker start $C',
    'dc wait $W & sleep 1; dc kill $W; wait; dc up -d $W',
    // It ignores the interrupt on both sides.
    'timeout -s INT -k 1 2 docker compose attach --no-stdin --sig-proxy=false redis',
    'timeout -s INT 2 docker attach --no-stdin --sig-proxy=false $R',
    'dc run --rm --no-deps -T redis true; docker events --since 10m --until 0m --filter type=network --filter event=connect --format "{{.Action}} {{.Actor.Attributes.name}}" | grep $COMPOSE_PROJECT_NAME | tail -1',
    'from=$(date +%s); docker restart -t 30 $C; docker events --since $from --until $(($(date +%s) + 1)) --filter container=$C --filter event=kill --filter event=die --filter event=restart --format "{{.Action}} {{.Actor.Attributes.name}}"',
    'timeout -s INT 4 docker compose events > /tmp/events & sleep 1; docker stop -t 30 $C > /dev/null; docker start $C; wait; grep -cE "container (kill|die|stop|start) .*worker" /tmp/events',
    'docker rm $C; docker rm -f missing; docker start missing; docker network rm ${COMPOSE_PROJECT_NAME}_default; docker volume rm ${COMPOSE_PROJECT_NAME}_redis-data',
    'docker network disconnect ${COMPOSE_PROJECT_NAME}_default $C; docker inspect --format "{{len .NetworkSettings.Networks}}" $C; docker network connect --alias $W ${COMPOSE_PROJECT_NAME}_default $C; docker inspect --format "{{len .NetworkSettings.Networks}}" $C',
  ];
  test.for(sample('wall-conformance', changes, itself))('%s', compare);
});

describe.runIf(isFirstPart)('a terminal', () => {
  test.for(['docker compose exec redis', 'docker exec -it $R'])(
    '%s: its size reaches the program, and so does what is typed',
    async (command) => {
      for (const side of ['wall', 'engine'] as const) {
        const exec = await sides[side].exec({
          Cmd: ['bash', '-c', `${preamble}${command} sh -c 'while read line; do stty size; done; exit 4'`],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Tty: true,
        });
        const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
        let heard = '';
        stream.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        for (const [h, w] of [
          [41, 101],
          [30, 90],
        ] as const) {
          await exec.resize({ h, w });
          await pollUntil(
            () => {
              stream.write('\n');
              return heard.includes(`${h} ${w}\r\n`);
            },
            { what: `the size ${h} by ${w} in the program (${side})`, withinMs: 20_000, everyMs: 200 },
          );
        }
        stream.write('\u0004');
        expect(await exitOf(exec), side).toBe(4);
        stream.destroy();
      }
    },
  );
});

describe.runIf(isFirstPart)('streams', () => {
  const total = 200_000_000;
  /** Connections of this process to clients and to the engine: the wall runs in it. */
  const connections = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'PipeWrap').length;
  const gone = (before: number): Promise<boolean> =>
    pollUntil(() => connections() <= before, { what: 'the end of the connections', withinMs: 20_000 });
  const run = async (script: string): Promise<{ exec: Docker.Exec; stream: Duplex }> => {
    const redis = walled.through.getContainer(`${sandbox.project}-redis-1`);
    const exec = await redis.exec({ Cmd: ['sh', '-c', script], AttachStdin: true, AttachStdout: true });
    return { exec, stream: await exec.start({ hijack: true, stdin: true }) };
  };
  /** Returns a count once it stops changing. Then the process that changes it is waiting. */
  const atRest = async (count: () => Promise<number> | number): Promise<number> => {
    let [last, since] = [0, performance.now()];
    return pollUntil(
      async () => {
        const now = await count();
        if (now !== last) [last, since] = [now, performance.now()];
        return last > 0 && performance.now() - since > 1500 ? last : undefined;
      },
      { what: 'a standstill', withinMs: 60_000, everyMs: 100 },
    );
  };
  const megabytes = (): number => process.memoryUsage().rss / 1e6;

  test('a program whose output is not read waits, and later its whole output arrives', async () => {
    const [before, memory] = [connections(), megabytes()];
    const { exec, stream } = await run(
      'for i in $(seq 200); do head -c 1000000 /dev/zero; echo $i > /tmp/progress; done',
    );
    const written = await atRest(async () => Number(await sandbox.exec('redis', ['cat', '/tmp/progress'])));
    expect(written).toBeLessThan(20);
    expect(megabytes() - memory).toBeLessThan(64);
    let size = 0;
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        done();
      },
    });
    walled.through.modem.demuxStream(stream, stdout, stdout);
    await pollUntil(() => size === total, { what: 'the whole output', withinMs: 60_000 });
    expect(await exitOf(exec)).toBe(0);
    stream.destroy();
    await gone(before);
  });

  test('input waits while a program does not read, and later all of it arrives', async () => {
    const [before, memory] = [connections(), megabytes()];
    const { exec, stream } = await run('until test -e /tmp/go; do sleep 0.1; done; wc -c > /tmp/count; rm /tmp/go');
    let sent = 0;
    const chunk = Buffer.alloc(1_000_000);
    const more = (): void => {
      while (sent < total) {
        sent += chunk.length;
        if (!stream.write(chunk)) return;
      }
      stream.end();
    };
    stream.on('drain', more);
    more();
    expect(await atRest(() => sent)).toBeLessThan(20_000_000);
    expect(megabytes() - memory).toBeLessThan(64);
    await sandbox.exec('redis', ['touch', '/tmp/go']);
    expect(await exitOf(exec)).toBe(0);
    expect(Number(await sandbox.exec('redis', ['cat', '/tmp/count']))).toBe(total);
    stream.destroy();
    await gone(before);
  });

  test('fifty commands run at once', async () => {
    const before = connections();
    const said = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const { stream } = await run(`read line; echo ${index} $line`);
        const stdout = new PassThrough();
        walled.through.modem.demuxStream(stream, stdout, stdout);
        stream.once('end', () => stdout.end());
        stream.write(`line ${index}\n`);
        return text(stdout);
      }),
    );
    expect(said).toEqual(Array.from({ length: 50 }, (_, index) => `${index} line ${index}\n`));
    await gone(before);
  });

  test('clients leave no connection behind when they go away or when the wall closes', async () => {
    const before = connections();
    const container = walled.through.getContainer(`${sandbox.project}-redis-1`);
    const open = async (): Promise<readonly Readable[]> => [
      (await container.logs({ follow: true, stdout: true, tail: 5 })) as unknown as Readable,
      (await walled.through.getEvents()) as unknown as Readable,
      (await container.stats({ stream: true })) as unknown as Readable,
      // A program that reads notices that its client is gone. One that does not continues, as on the engine's own
      // socket.
      (await run('cat')).stream,
    ];
    for (const stream of await open()) stream.on('error', () => undefined).destroy();
    await gone(before);
    const streams = await open();
    const ends = streams.map(
      (stream) => new Promise((resolve) => stream.on('error', resolve).once('close', resolve).resume()),
    );
    await walled.closeWall();
    await Promise.all(ends);
    expect(await gone(before)).toBe(true);
    await walled.openWall();
  });
});

test('none of these commands counts as an attempt to reach something else', () => {
  expect(walled.events.filter(({ outcome }) => outcome === 'refused' || outcome === 'spared')).toEqual([]);
});
