import { beforeAll, describe, expect, test } from 'vitest';

import { changedRunbook, scenarioOf, unmet, verify, type Verified } from './support/run-drillbook.ts';
import { sample } from './support/sample.ts';

/** A block that does the same in another way. Its scenario must pass. */
interface HarmlessChange {
  readonly scenario: string;
  readonly what: string;
  readonly changes: Parameters<typeof changedRunbook>[0];
}

/** The beginning of the block of 3.2 that resumes one queue, and its end. */
const resumeFrom =
  'QUEUE="${1:-outreach.whatsapp.send}"\ndocker compose exec -T -e QUEUE="$QUEUE" api node -e \'\nconst { Queue } = require("bullmq");\n(async () => {\n  const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });\n  await queue.resume();';
const resumeTo = "  await queue.close();\n})();\n'\n```\n\nEvery paused queue.";

const rewritten: readonly HarmlessChange[] = [
  {
    scenario: 'queue-paused',
    what: '3.2 uses a function and a here-document',
    changes: [
      [
        resumeFrom,
        'resume_one() {\n  docker compose exec -T -e QUEUE="$1" api node - <<\'JS\'\nconst { Queue } = require("bullmq");\n(async () => {\n  const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });\n  await queue.resume();',
      ],
      [
        resumeTo,
        '  await queue.close();\n})();\nJS\n}\nresume_one "${1:-outreach.whatsapp.send}"\n```\n\nEvery paused queue.',
      ],
    ],
  },
  {
    scenario: 'container-down',
    what: '3.1 counts its tries, and waits in a loop',
    changes: [
      [
        'docker compose restart worker-enrichment\nsleep 10',
        'docker compose restart worker-enrichment\ntries=0\nwhile ((tries < 10)) && ! docker compose ps worker-enrichment | grep -q healthy; do\n  ((tries++))\n  sleep 2\ndone',
      ],
    ],
  },
  {
    scenario: 'health-check',
    what: '2.1 follows a log for a while, reads the head of another, and looks at a reply of Redis itself',
    changes: [
      [
        'docker compose exec -T redis redis-cli ping\n\necho "== Queues =="',
        'docker compose exec -T redis redis-cli ping\nreply=$(docker compose exec -T redis redis-cli object no-such-subcommand)\necho "$reply"\nif docker compose exec -T redis redis-cli get no-such-key | grep -q here; then echo "odd"; fi\ntimeout 5 docker compose logs --follow --tail=2 api\ndocker compose logs worker-outreach | head -2\ndocker compose exec -T api curl -s http://localhost:64000/metrics | tail -1\n\necho "== Queues =="',
      ],
    ],
  },
  {
    scenario: 'redis-memory-full',
    what: '3.3 asks in a plain shell, and waits until Redis has the limit',
    changes: [
      [
        'docker compose exec -T redis redis-cli config set maxmemory 8gb\n',
        "sh -c 'docker compose exec -T redis redis-cli config set maxmemory 8gb; docker compose ps redis; true'\nuntil docker compose exec -T redis redis-cli config get maxmemory | grep -q 8589934592; do sleep 1; done\n",
      ],
    ],
  },
];

const tidied: readonly HarmlessChange[] = [
  {
    scenario: 'restart-all',
    what: '4.1 waits for each worker before it goes on',
    changes: [
      [
        'docker compose restart -t 60 "$service" || exit 1\ndone\n',
        'docker compose restart -t 60 "$service" || exit 1\n  until docker compose ps "$service" | grep -q "(healthy)"; do sleep 1; done\ndone\n',
      ],
    ],
  },
  {
    scenario: 'api-down',
    what: '4.2 uses strict mode, a trap and a main function',
    changes: [
      [
        /(?<=# retry-failed-jobs\.sh \[queue \| all\]\n\n)QUEUE="\$\{1:-all\}"\n/,
        'set -Eeuo pipefail\ntrap \'echo "gave up in line $LINENO" >&2\' ERR\nmain() {\nlocal QUEUE="${1:-all}"\n',
      ],
      [
        /(?<=retried \$\{failed\.length\} jobs of [^]*?redis\.disconnect\(\);\n\}\)\(\);\n'\n)(?=```\n\n### 4\.3)/,
        '}\nmain "$@"\n',
      ],
    ],
  },
  {
    scenario: 'log-patterns',
    what: '6.4 counts with a pipe into a loop',
    changes: [
      [
        'docker compose logs --no-color --tail=5000 worker-outreach | grep -c \'"completed"\' || true',
        'n=0\nwhile read -r _; do ((n++)); done < <(docker compose logs --no-color --tail=5000 worker-outreach | grep \'"completed"\')\necho "$n"',
      ],
    ],
  },
  {
    scenario: 'metrics-endpoint',
    what: 'the table has a further row, and a heading of its section is numbered',
    changes: [
      ['| Processing rate |', '| p95 of a job | < 2 s | > 10 s |\n| Processing rate |'],
      [
        '```bash\ncurl -fsS http://localhost:64000/metrics',
        '#### 1. By hand\n\n```bash\ncurl -fsS http://localhost:64000/metrics',
      ],
    ],
  },
];

/** No two changes of a group touch the same block, so one run judges the whole group. */
const groups = { rewritten, tidied };
const all = Object.entries(groups).flatMap(([group, changes]) => changes.map((change) => ({ group, ...change })));
const drawn = sample('harmless-changes', all, ({ group, scenario }) => `${group} ${scenario}`);

describe.each(Object.keys(groups).filter((name) => drawn.some(({ group }) => group === name)))('%s blocks', (name) => {
  const changed = drawn.filter(({ group }) => group === name);
  let run: Verified;
  beforeAll(async () => {
    await using runbook = await changedRunbook(changed.flatMap(({ changes }) => changes));
    run = await verify(['--runbook', runbook.file, '--only', ...changed.map(({ scenario }) => scenario)]);
  }, 600_000);

  test.each(changed)('$scenario passes if $what', ({ scenario }) => {
    expect(unmet(scenarioOf(run.report, scenario).checks)).toEqual({});
  });
});
