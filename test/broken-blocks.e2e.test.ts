import { beforeAll, describe, expect, test } from 'vitest';

import { changedRunbook, scenarioOf, unmet, verify, type Verified } from './support/run-drillbook.ts';
import { sample } from './support/sample.ts';

interface BrokenBlock {
  readonly scenario: string;
  readonly what: string;
  readonly changes: Parameters<typeof changedRunbook>[0];
  /** The checks that must fail, and a pattern that the finding of each must match. */
  readonly fails: Readonly<Record<string, RegExp>>;
}

/** Each block fails to do its work, and its own output hardly shows it. */
const broken: readonly BrokenBlock[] = [
  {
    scenario: 'api-down',
    what: '4.2 retries nothing and prints that it did',
    changes: [[/for \(const job of failed\) await job\.retry\(\)\.catch.*/, '']],
    fails: { recovered: /100 jobs of outreach\.whatsapp\.send are among the failed/ },
  },
  {
    scenario: 'failed-to-waiting',
    what: '5.3 moves fewer jobs than it promises',
    changes: [['getFailed(0, 99)', 'getFailed(0, 49)']],
    fails: { 'achieved:5.3 > bash[1]': /failed = 20 .*: not seen after it/ },
  },
  {
    scenario: 'poison-payloads',
    what: '3.3 counts the bad jobs and removes none',
    changes: [['await job.remove();\n    removed += 1;', 'removed += 1;']],
    fails: { recovered: /12 jobs of outreach\.email\.send are among the failed/ },
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 does not restart the worker that holds the locks',
    changes: [['docker compose stop -t 5 "$SERVICE"', 'echo "stopping $SERVICE"']],
    fails: { 'recovery:4.3 > bash[1]': /failed with 1/ },
  },
  {
    scenario: 'drain-queue',
    what: '4.4 leaves the delayed jobs',
    changes: [['await queue.drain(true);', 'await queue.drain();']],
    fails: { 'achieved:4.4 > bash[1]': /delayed = 0 in scrape\.website: not seen after it/ },
  },
  {
    scenario: 'not-confirmed',
    what: '4.4 prints that it is cancelled and goes on',
    changes: [['echo "Cancelled"\n  exit 0\nfi\n\ndocker compose exec', 'echo "Cancelled"\nfi\n\ndocker compose exec']],
    fails: { recovered: /the queue normalize\.cui is paused/ },
  },
  {
    scenario: 'pause-and-resume',
    what: '5.1 prints that it paused the queue and does not',
    changes: [[/(?<=# Pause\n[^#]*)await queue\.pause\(\);/, '']],
    fails: { 'achieved:5.1 > bash[1]': /outreach\.whatsapp\.send is paused: not seen after it/ },
  },
  {
    scenario: 'priorities',
    what: '5.2 overlooks the jobs that have a priority',
    changes: [['...(await queue.getPrioritized(0, 19))', '']],
    fails: { 'shows:5.2 > bash[1]': /does not show jobs with priority 1/ },
  },
  {
    scenario: 'metrics-endpoint',
    what: '6.2 looks for a metric that nothing exports',
    changes: [["grep '^bullmq_job_count'", "grep '^bullmq_waiting'"]],
    fails: { 'diagnosis:6.2 > bash[1]': /grep .* failed with 1/ },
  },
  {
    scenario: 'restart-all',
    what: '4.1 gives the workers no time to finish',
    changes: [['docker compose restart -t 60 "$service"', 'docker compose restart -t 0 "$service"']],
    fails: { ledger: /\d+ jobs? found stalled, 0 allowed/ },
  },
  {
    scenario: 'queue-paused',
    what: '3.2 counts only the jobs that have a priority',
    changes: [
      ['const held = counts.waiting + counts.prioritized + counts.paused;', 'const held = counts.prioritized;'],
    ],
    fails: {
      'shows:3.2 > Diagnosis > bash[1]': /what it holds as \d+; Redis had \d+ to \d+ meanwhile/,
    },
  },
  {
    scenario: 'queues-paused',
    what: '2.1 overlooks the jobs that have a priority',
    changes: [['const backlog = counts.waiting + counts.prioritized +', 'const backlog = counts.waiting +']],
    fails: { 'shows:2.1 > bash[1]': /how many jobs wait as \d+; Redis had \d+ to \d+ meanwhile/ },
  },
  {
    scenario: 'redis-memory-full',
    what: '3.3 reads the memory limit and does not raise it',
    changes: [['config set maxmemory 8gb', 'config get maxmemory']],
    fails: { recovered: /^fail/ },
  },
];

/** Each block does its work, and beside it something harmful that the queues of the scenario do not show. */
const harmful: readonly BrokenBlock[] = [
  {
    scenario: 'queue-paused',
    what: '3.2 restarts the worker of the queue as well',
    changes: [
      [
        "await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
        "await queue.close();\n})();\n'\ndocker compose restart -t 60 worker-outreach\n```\n\nEvery paused queue.",
      ],
    ],
    fails: { 'blast-radius': /: worker-outreach was restarted/ },
  },
  {
    scenario: 'queues-paused',
    what: '3.2 runs a few completed jobs again',
    changes: [
      [
        'console.log("resumed:", name);',
        'console.log("resumed:", name);\n      if (name === "outreach.whatsapp.send") for (const job of await queue.getCompleted(0, 2)) await job.retry("completed");',
      ],
    ],
    fails: { ledger: /3 jobs done more than once, 0 allowed/ },
  },
  {
    scenario: 'pause-and-resume',
    what: '3.2 resumes a queue that an operator has paused on purpose',
    changes: [
      [
        'await queue.resume();',
        'await queue.resume();\n  const other = new Queue("outreach.template.render", { connection: { host: "redis" } });\n  await other.resume();\n  await other.close();',
      ],
    ],
    fails: { 'throughout:3.2 > Solution > bash[1]': /outreach\.template\.render is paused: not so/ },
  },
  {
    scenario: 'api-down',
    what: '4.2 moves the jobs to a queue that calls no API',
    changes: [
      [
        /for \(const job of failed\) await job\.retry\(\)\.catch.*/,
        'const side = new Queue("outreach.template.render", { connection: redis });\n    for (const job of failed) { await job.remove(); await side.add(job.name, job.data, { ...job.opts, jobId: job.id }); }',
      ],
    ],
    fails: { ledger: /100 jobs turned up in another queue, 0 allowed/ },
  },
  {
    scenario: 'poison-payloads',
    what: '3.3 removes the right number of jobs, but not only the bad ones',
    changes: [[/getFailed\(\)\) \{\n.*startsWith\("Invalid data"\)\) continue;/, 'getFailed(0, 9)) {']],
    fails: { ledger: /2 jobs removed that the fault had not brought/ },
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 looks at the age of a job instead of its run time',
    changes: [['Date.now() - job.processedOn > 1800000', 'Date.now() - job.timestamp > 1800000']],
    fails: { ledger: /6 jobs removed, 5 allowed/ },
  },
  {
    scenario: 'drain-queue',
    what: '4.4 removes the failed jobs, too',
    changes: [['await queue.drain(true);', 'await queue.drain(true);\n  await queue.clean(0, 0, "failed");']],
    fails: { 'throughout:4.4 > bash[1]': /failed >= 3 in scrape\.website: not so/ },
  },
  {
    scenario: 'failed-to-waiting',
    what: '5.3 retries the failed jobs of another queue, too',
    changes: [
      [
        'console.log(`moved ${failed.length} failed jobs to waiting`);',
        'const other = new Queue("pipeline.orchestrate", { connection: { host: "redis" } });\n  for (const job of await other.getFailed()) await job.retry();\n  await other.close();',
      ],
    ],
    fails: { 'throughout:5.3 > bash[1]': /failures = 10 in pipeline\.orchestrate: not so/ },
  },
];

/** Further changes of blocks that the lists above change already: one run cannot have both. */
const further: readonly BrokenBlock[] = [
  {
    scenario: 'out-of-memory',
    what: '3.3 does not restore the memory limit',
    changes: [['docker compose up -d --no-deps --force-recreate "$SERVICE"', 'docker compose restart "$SERVICE"']],
    fails: { recovered: /^fail/ },
  },
  {
    scenario: 'rate-limit-anaf',
    what: '3.4 does not wait for the window to pass',
    changes: [['sleep "$WINDOW_SECONDS"', 'sleep 5']],
    fails: { recovered: /^fail/ },
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 cleans up everything that ever failed',
    changes: [['queue.clean(86400000, 1000, "failed")', 'queue.clean(0, 1000, "failed")']],
    fails: { ledger: /^fail: 10 jobs removed, 5 allowed/ },
  },
  {
    scenario: 'api-down',
    what: '4.2 forgets the priorities and changes the payload',
    changes: [
      [/failed\.sort\(\(a, b\) => .*\n/, ''],
      ['await job.retry()', 'await job.updateData({ ...job.data, retried: true }).then(() => job.retry())'],
    ],
    fails: {
      order: /^fail: \d\d of 100 jobs done out of turn/,
      ledger: /^fail: 100 jobs done with a changed name, payload or option, 0 allowed: /,
    },
  },
];

const careless: readonly BrokenBlock[] = [
  {
    scenario: 'rate-limit-others',
    what: '3.4 returns to full speed at once',
    changes: [['await queue.setGlobalConcurrency(1);', '']],
    fails: { 'throughout:4.2 > bash[1]': /^fail: active <= 1 in outreach\.whatsapp\.send: not so/ },
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 removes the young jobs and leaves the old failed ones',
    changes: [
      ['Date.now() - job.processedOn > 1800000', 'Date.now() - job.processedOn > 0'],
      ['await queue.clean(86400000, 1000, "failed");', ''],
    ],
    fails: { ledger: /^fail: 1 job removed that the fault had not brought: .*; 11 jobs failed for good, 8 allowed/ },
  },
  {
    scenario: 'retry-queue',
    what: '4.2 retries all queues instead of the named one, and makes delayed jobs due',
    changes: [
      ['if (process.env.QUEUE === "all") {', 'if (process.env.QUEUE !== "") {'],
      [
        'if (failed.length > 0) console.log(`retried',
        'await queue.promoteJobs();\n    if (failed.length > 0) console.log(`retried',
      ],
    ],
    fails: {
      'throughout:4.2 > bash[1]': /^fail: failed >= 50 in payment\.webhook: not so/,
      ledger: /^fail: 10 jobs done before being due, 0 allowed: .* of campaign\.track/,
    },
  },
];

/** What a colleague in a hurry changes: the fleet heals, and the harm is beside the cure, or only at some moment. */
const hurried: readonly BrokenBlock[] = [
  {
    scenario: 'container-down',
    what: '3.1 hides a failure in a plain shell',
    changes: [
      [
        'docker compose restart worker-enrichment\nsleep 10',
        "sh -c 'docker compose restart worker-enrichments; docker compose restart worker-enrichment'\nsleep 10",
      ],
    ],
    fails: { 'recovery:3.1 > Solution > bash[1]': /worker-enrichments` failed with 1/ },
  },
  {
    scenario: 'poison-payloads',
    what: '3.3 cleans up the completed jobs of another queue, too',
    changes: [
      [
        'console.log(`removed ${removed} jobs with a bad payload from ${queue.name}`);',
        'const other = new Queue("payment.webhook", { connection: { host: "redis" } });\n  await other.clean(0, 1000, "completed");\n  await other.close();',
      ],
    ],
    fails: { 'blast-radius': /removed \d+ completed jobs? of the queue payment\.webhook/ },
  },
  {
    scenario: 'redis-memory-full',
    what: '3.3 leaves Redis with another setting',
    changes: [
      [
        'redis-cli config set maxmemory 8gb\n',
        'redis-cli config set maxmemory 8gb\ndocker compose exec -T redis redis-cli config set appendfsync no\n',
      ],
    ],
    fails: { 'blast-radius': /Redis is left with appendfsync "no"; it was "everysec"/ },
  },
];

const hasty: readonly BrokenBlock[] = [
  {
    scenario: 'redis-memory-full',
    what: '3.3 pipes an error of Redis away',
    changes: [
      [
        'docker compose exec -T redis redis-cli config set maxmemory 8gb\n',
        'docker compose exec -T redis redis-cli config set maxmemory 8gb\ndocker compose exec -T redis redis-cli config set maxmemory-policies noeviction | cat\n',
      ],
    ],
    fails: {
      'recovery:3.3 > Solution > bash[3]': /maxmemory-policies.* got an error from Redis and still ended with 0/,
    },
  },
  {
    scenario: 'health-check',
    what: '2.1 asks in a container for a page that is not there',
    changes: [
      [
        'docker compose exec -T redis redis-cli ping\n\necho "== Queues =="',
        'docker compose exec -T redis redis-cli ping\ndocker compose exec -T api curl -s http://localhost:64000/no-such-page\n\necho "== Queues =="',
      ],
    ],
    fails: { 'diagnosis:2.1 > bash[1]': /no-such-page` got HTTP 404 and still ended with 0/ },
  },
  {
    scenario: 'failed-to-waiting',
    what: '5.3 ignores its argument',
    changes: [
      [/(?<=At most 100 at a time\.[^#]*?QUEUE=)"\$\{1:-outreach\.whatsapp\.send\}"/, 'outreach.whatsapp.send'],
    ],
    fails: { 'achieved:5.3 > bash[1]': /failures = 20 in pipeline\.orchestrate: not seen after it/ },
  },
  {
    scenario: 'pause-and-resume',
    what: '5.1 also pauses another queue for a while',
    changes: [
      [
        /(?<=# Pause\n[^#]*)await queue\.pause\(\);/,
        'await queue.pause();\n  const other = new Queue("payment.webhook", { connection: { host: "redis" } });\n  await other.pause();\n  await new Promise((done) => setTimeout(done, 20000));\n  await other.resume();\n  await other.close();',
      ],
    ],
    fails: { 'blast-radius': /the queue payment\.webhook .*was paused; the scenario allows it for/ },
  },
  {
    scenario: 'queue-paused',
    what: '3.2 makes the delayed jobs of the queue due',
    changes: [
      [
        "await queue.resume();\n  console.log(`${queue.name} paused:`, await queue.isPaused());\n  await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
        "await queue.resume();\n  for (const job of await queue.getDelayed()) await job.promote();\n  await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
      ],
    ],
    fails: { ledger: /10 jobs done before being due, 0 allowed/ },
  },
  {
    scenario: 'not-confirmed',
    what: '4.4 takes the first letter of the word for a yes',
    changes: [['if [[ $REPLY != "DRAIN" ]]', 'if [[ ${REPLY^^} != D* ]]']],
    fails: { 'shows:4.4 > bash[1]': /that nothing was done/ },
  },
];

const pressed: readonly BrokenBlock[] = [
  {
    scenario: 'restart-all',
    what: '4.1 gives the order to restart once, for all workers',
    changes: [
      [
        /for service in (worker-enrichment [a-z -]+); do\n {2}echo "restarting \$service"\n {2}docker compose restart -t 60 "\$service" \|\| exit 1\ndone/,
        'docker compose restart -t 60 worker-enrichment worker-outreach worker-ai worker-postsale worker-nurturing',
      ],
    ],
    fails: { 'blast-radius': /were down at the same time; the scenario allows 1 at once/ },
  },
  {
    scenario: 'queue-paused',
    what: '3.2 hides paused queues that hold few jobs',
    changes: [['console.log(`paused: ${name} holds', 'if (held >= 1000) console.log(`paused: ${name} holds']],
    fails: { 'shows:3.2 > Diagnosis > bash[1]': /that the queue is paused, and what it holds/ },
  },
  {
    scenario: 'api-down',
    what: '4.2 adds the jobs again and forgets their back-off',
    changes: [
      [
        'await job.retry()',
        'await job.remove().then(() => queue.add(job.name, job.data, { ...job.opts, jobId: job.id, backoff: undefined }))',
      ],
    ],
    fails: { ledger: /100 jobs done with a changed name, payload or option, 0 allowed/ },
  },
  {
    scenario: 'crash-loop',
    what: '3.1 is excused by an annotation of the runbook',
    changes: [
      [
        'Nothing else is touched.\n\n```bash\n',
        'Nothing else is touched.\n\n<!-- drillbook: expect-exit=1 -->\n\n```bash\n',
      ],
    ],
    fails: { annotations: /expect-exit/ },
  },
  {
    scenario: 'metrics-endpoint',
    what: '6.2 also tidies up the host',
    changes: [
      [
        'curl -fsS http://localhost:64000/metrics |',
        'docker volume prune -f\ncurl -fsS http://localhost:64000/metrics |',
      ],
    ],
    fails: { walls: /remove all unused volumes of the host/ },
  },
  {
    scenario: 'not-confirmed',
    what: '4.3 takes every key but n for a yes',
    changes: [['if [[ ! $REPLY =~ ^[Yy]$ ]]', 'if [[ $REPLY =~ ^[Nn]$ ]]']],
    fails: { 'throughout:4.3 > bash[1]': /worker-enrichment.*: not so/ },
  },
];

/** No two changes of a group touch the same block, so one run judges the whole group. */
const groups = { broken, harmful, further, careless, hurried, hasty, pressed };
const all = Object.entries(groups).flatMap(([group, blocks]) => blocks.map((block) => ({ group, ...block })));
const drawn = sample('broken-blocks', all, ({ group, scenario }) => `${group} ${scenario}`);

describe.each(Object.keys(groups).filter((name) => drawn.some(({ group }) => group === name)))('%s blocks', (name) => {
  const blocks = drawn.filter(({ group }) => group === name);
  let run: Verified;
  beforeAll(async () => {
    await using runbook = await changedRunbook(blocks.flatMap(({ changes }) => changes));
    run = await verify(['--runbook', runbook.file, '--only', ...blocks.map(({ scenario }) => scenario)]);
  }, 900_000);

  test.each(blocks)('$scenario fails if $what', ({ scenario, fails }) => {
    const { checks } = scenarioOf(run.report, scenario);
    for (const [id, says] of Object.entries(fails)) {
      // A block that runs twice has two checks of one id.
      const own = checks.filter((one) => one.id === id);
      const check = own.find(({ verdict }) => verdict === 'fail') ?? own[0];
      const said = `${check?.verdict}: ${check?.findings.map(({ message }) => message).join('; ')}`;
      expect(said, JSON.stringify(unmet(checks), undefined, 2)).toMatch(says);
      expect(check?.verdict).toBe('fail');
    }
  });

  test('every scenario of the group fails', () => {
    expect(run.report.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual(
      blocks.map(({ scenario }) => [scenario, 'fail']).toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
    );
    expect(run.code).toBe(1);
  });
});
