/**
 * The same commands against the wall and against the engine's own socket, from two containers that differ in that alone. What they print and how they
 * exit must be the same, but for what cannot be: ids, times, measured sizes, and what the wall hides.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createSmallProject, type SmallProject } from '../../test/small-project.ts';
import { createTwin, runScript, type Outcome } from '../../test/twin-operator.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { loadProject } from '../run/project.ts';
import type { WallEvent } from '../wall/open-wall.ts';
import { connectEngine } from './engine.ts';
import { takeLease } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { readSetupManifest } from './setup-manifest.ts';
import { startSandbox } from './start-sandbox.ts';

type Side = 'wall' | 'engine';

let project: SmallProject;
let docker: Docker;
let sandbox: Sandbox;
let wall: { close(): Promise<void> };
let sides: Readonly<Record<Side, Docker.Container>>;
const refused: WallEvent[] = [];

beforeAll(async () => {
  const fixture = path.resolve(import.meta.dirname, '../../fixtures/small-fleet/compose.yml');
  // One value that is read from the shell, as in compose files of the field.
  const compose = (await readFile(fixture, 'utf8')).replace(
    'SERVICE: worker-nurturing\n',
    'SERVICE: worker-nurturing\n      NOTE: ${NOTE:-none}\n',
  );
  project = await createSmallProject({ 'compose.yml': compose });
  docker = await connectEngine();
  const { config } = await loadProject(project.directory);
  sandbox = await startSandbox({
    projectDir: project.directory,
    config,
    manifest: await readSetupManifest(project.directory),
    clock: createSandboxClock(1),
    startWithinMs: 120_000,
    lease: takeLease(project.directory, 'test'),
  });
  wall = await sandbox.openWall((event) => refused.push(event));
  const operator = docker.getContainer(`${sandbox.project}-operator`);
  sides = { wall: operator, engine: await createTwin(docker, operator.id) };
});
afterAll(async () => {
  await wall.close();
  await removeSandbox(docker, { id: sandbox.id, projectDir: project.directory });
  await project[Symbol.asyncDispose]();
});

/** Variables of the scripts below. */
const preamble = `
C=$COMPOSE_PROJECT_NAME-worker-nurturing-1 R=$COMPOSE_PROJECT_NAME-redis-1 W=worker-nurturing
dc() { docker compose "$@"; }
`;

async function ask(side: Side, script: string): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await runScript(docker, sides[side], preamble + script);
  return { exitCode, stdout: normalise(stdout), stderr: normalise(stderr) };
}

/** What two runs of one command never have in common. */
function normalise(text: string): string {
  return (
    text
      .replaceAll('\r', '')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))?( UTC)?/g, '<time>')
      .replace(/\b\d{10}(\.\d{9})?\b/g, '<time>')
      .replace(/\b[0-9a-f]{64}\b/g, '<id>')
      .replace(/\b[0-9a-f]{12}\b/g, '<id>')
      .replace(/\b(About an?|Less than a|\d+) (second|minute|hour)s?( ago)?/g, '<span>')
      .replace(/\b\d+(\.\d+)?(ms|s)\b/g, '<span>')
      .replace(/\b\d+(\.\d+)?%/g, '<share>')
      .replace(/\b\d+(\.\d+)?([kMG]i?)?B\b/g, '<size>')
      // Engines before 25 say it twice over.
      .replace(/no such image: \S+: (?=No such image)/g, '')
      // Columns are as wide as the widest entry, which may be one of the above.
      .replace(/[ \t]+/g, ' ')
      .replace(/ +$/gm, '')
      .trim()
  );
}

let turn = 0;

/** Runs a script on both sides, one after the other, each time beginning with the other one. */
async function compare(script: string): Promise<void> {
  const order: readonly Side[] = turn++ % 2 === 0 ? ['wall', 'engine'] : ['engine', 'wall'];
  const outcomes = {} as Record<Side, Outcome>;
  for (const side of order) {
    const outcome = await ask(side, script);
    // Compose works on several containers at once and tells of each when it gets there.
    outcomes[side] = { ...outcome, stderr: outcome.stderr.split('\n').toSorted().join('\n') };
  }
  expect(outcomes.wall, script).toEqual(outcomes.engine);
}

/** What only looks may run on both sides at once. */
async function compareLook(script: string): Promise<void> {
  const [throughWall, bare] = await Promise.all([ask('wall', script), ask('engine', script)]);
  expect(throughWall, script).toEqual(bare);
}

/** `docker ps` and the like, without what the wall hides: the harness's own containers and what others have on this engine. */
const own = `grep -E "^$COMPOSE_PROJECT_NAME-(redis|api|worker-nurturing|external-apis)-1" | sort`;

describe('what only looks', () => {
  const looks: readonly string[] = [
    'dc ps',
    'dc ps --all --format json | jq -S "del(.ID, .RunningFor, .Status, .CreatedAt, .Labels)"',
    'dc ps --all --quiet',
    'dc ps --services --status running',
    'dc ps $W --format "{{.Name}} {{.State}} {{.Health}} {{.Ports}}"',
    'dc ps --status exited',
    'dc ps nobody',
    'dc logs --no-color redis',
    'dc logs --no-color --tail 3 redis api',
    'dc logs --no-color --since 1h --tail 2 --timestamps redis',
    'dc logs --no-log-prefix --tail 1 redis',
    'dc logs nobody',
    'timeout -s INT 3 docker compose logs -f --no-color --tail 2 redis',
    'dc top redis | tail -n +2 | wc -l; dc top nobody',
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
    `docker ps --all --no-trunc --format "{{.Names}} {{.Mounts}} {{.Networks}} {{.Ports}}" | ${own}`,
    'docker ps --filter name=$R --filter status=running --format "{{.Names}}"',
    'docker ps --filter label=com.docker.compose.service=redis --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker ps --filter nonsense=1',
    'docker inspect $R $C | jq -S "del(.[].State.Health, .[].ExecIDs) | map(.Mounts |= sort_by(.Destination))"',
    'docker inspect --format "{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}" $R',
    'docker inspect nobody',
    'docker container inspect nobody',
    'docker inspect --type network nobody; docker volume inspect nobody; docker image inspect nobody',
    'docker image inspect $(docker inspect --format "{{.Config.Image}}" $R)',
    'docker network ls --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker network inspect --format "{{.Name}} {{.Driver}} {{.Internal}}" ${COMPOSE_PROJECT_NAME}_default',
    'docker volume ls --filter label=com.docker.compose.project=$COMPOSE_PROJECT_NAME',
    'docker volume inspect ${COMPOSE_PROJECT_NAME}_redis-data',
    'docker logs --tail 2 --timestamps --details $R',
    'docker logs --until 1s --since 1h $R',
    'docker logs nobody',
    'timeout -s INT 3 docker logs -f --tail 1 $R',
    'docker top $R -o comm; docker top nobody',
    'docker stats --no-stream --format "{{.Name}} {{.MemPerc}}" $R',
    'docker stats --no-stream nobody',
    'docker port $R',
    'docker diff $R',
    'docker events --since 10m --until 0m --filter container=$R --filter event=start --format "{{.Action}} {{.Actor.Attributes.name}}"',
    'docker events --since 10m --until 0m --filter type=network --filter event=create --format "{{.Action}} {{.Actor.Attributes.name}}" | grep $COMPOSE_PROJECT_NAME',
    'curl -s --unix-socket /run/docker.sock http://docker/_ping; curl -sI --unix-socket /run/docker.sock http://docker/_ping | tr A-Z a-z | grep -E "^(http|api-version|ostype|docker-exp)"',
  ];
  test.for(looks)('%s', compareLook);
});

describe('exec', () => {
  const execs: readonly string[] = [
    'dc exec -T redis sh -c "echo out; echo err >&2; exit 7"',
    'dc exec redis echo without a terminal',
    'echo x | docker compose exec -T redis cat',
    'echo x | docker compose exec -T redis sh -c "cat; echo after the end of the input"',
    'dc exec -T -e A=1 -e B="two words" -w /usr -u nobody redis sh -c "echo $A \\$A \\$B; pwd; id -un"',
    'dc exec -T nobody true',
    'dc exec -T redis no-such-program',
    'dc exec -T -w /no/such/folder redis true',
    'dc exec -T -u no-such-user redis true',
    'dc exec -T --index 7 redis true',
    'dc exec -T redis sh -c "kill -9 \\$\\$"',
    'dc exec -d redis sh -c "exit 3"',
    'docker exec $R sh -c "echo out; echo err >&2; exit 9"',
    'docker exec nobody true',
    'docker exec -d $R true',
    'docker exec --privileged=false -i $R cat < /dev/null',
    'yes drillbook | head -c 20000000 > /tmp/blob; docker compose exec -T redis cat < /tmp/blob | sha256sum; sha256sum < /tmp/blob; rm /tmp/blob',
    'yes drillbook | head -c 20000000 | docker exec -i $R sha256sum',
    'docker exec $R sh -c "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2" 2> /tmp/err | wc -c; wc -c < /tmp/err',
    'docker exec $R sh -c "yes | head -c 50000000" | head -c 10; echo $?',
  ];
  test.for(execs)('%s', compareLook);
});

describe('what changes the fleet', () => {
  const changes: readonly string[] = [
    'dc restart $W; dc ps --format "{{.Service}} {{.State}}" | sort',
    'dc stop $W; dc ps --all --format "{{.Service}} {{.State}} {{.ExitCode}}" | sort; dc ps $W; dc exec -T $W true; docker exec $C true; dc top $W; dc stop $W; dc start $W; dc start $W',
    'dc kill -s KILL $W; dc ps -a --format "{{.Service}} {{.State}} {{.ExitCode}}" $W; dc kill $W; docker kill $C; dc up -d',
    'dc pause $W; dc ps --format "{{.State}}" $W; dc exec -T $W true; dc pause $W; dc unpause $W; dc unpause $W',
    'dc up -d --no-deps $W; docker ps -aq --no-trunc --filter name=$COMPOSE_PROJECT_NAME | sort > /tmp/before; dc up -d --force-recreate $W; docker ps -aq --no-trunc --filter name=$COMPOSE_PROJECT_NAME | sort > /tmp/after; comm -13 /tmp/before /tmp/after | wc -l; comm -23 /tmp/before /tmp/after | wc -l',
    'dc up -d nobody',
    'NOTE=changed docker compose up -d $W; dc exec -T $W printenv NOTE; NOTE=changed docker compose up -d $W; dc up -d $W; dc exec -T $W printenv NOTE',
    'dc rm -f $W; dc rm -sf $W; dc ps --all $W; dc up -d $W; dc ps --format "{{.State}}" $W',
    'dc run --rm -T --no-deps $W echo said; dc run --rm -T --no-deps -e NOTE=mine -w /tmp -u nobody --entrypoint sh $W -c "printenv NOTE; pwd; id -un; exit 5"; echo in | docker compose run --rm -T --no-deps $W cat; dc ps --all --format "{{.Service}}" | sort',
    'dc up -d --scale $W=2 --no-recreate; dc ps --format "{{.Name}}" $W | sort; dc up -d --scale $W=1; dc ps --format "{{.Name}}" $W',
    'docker restart -t 1 $C; docker stop -t 1 $C; docker wait $C; docker start $C; docker kill -s NOSUCH $C; docker rename $C $C-other; docker rename $C-other $C; docker update --memory 900m --memory-swap 1800m $C; docker pause $C; docker unpause $C',
    'docker wait $C & sleep 1; docker stop -t 1 $C > /dev/null; wait; docker start $C',
    'dc wait $W & sleep 1; dc kill $W; wait; dc up -d $W',
    'timeout -s INT 3 docker compose attach --no-stdin --sig-proxy=false redis',
    'timeout -s INT 2 docker attach --no-stdin --sig-proxy=false $R',
    'from=$(date +%s); docker restart -t 1 $C; docker events --since $from --until $(($(date +%s) + 1)) --filter container=$C --filter event=kill --filter event=die --filter event=restart --format "{{.Action}} {{.Actor.Attributes.name}}"',
    'timeout -s INT 4 docker compose events > /tmp/events & sleep 1; docker stop -t 1 $C > /dev/null; docker start $C; wait; grep -cE "container (kill|die|stop|start) .*worker" /tmp/events',
    'docker rm $C; docker rm -f nobody; docker start nobody; docker network rm ${COMPOSE_PROJECT_NAME}_default; docker volume rm ${COMPOSE_PROJECT_NAME}_redis-data',
    'docker network disconnect ${COMPOSE_PROJECT_NAME}_default $C; docker inspect --format "{{len .NetworkSettings.Networks}}" $C; docker network connect --alias $W ${COMPOSE_PROJECT_NAME}_default $C; docker inspect --format "{{len .NetworkSettings.Networks}}" $C',
  ];
  test.for(changes)('%s', compare);
});
