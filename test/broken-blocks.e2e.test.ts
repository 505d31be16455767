import { beforeAll, describe, expect, test } from 'vitest';

import { changedRunbook, scenarioOf, unmet, verify, type Verified } from './support/run-drillbook.ts';

interface BrokenBlock {
  readonly scenario: string;
  readonly what: string;
  readonly change: Parameters<typeof changedRunbook>[0][number];
  /** What must say so. */
  readonly check: string;
  readonly says: RegExp;
}

/** Each block is broken in a way that its own output does not show, or hardly. */
const broken: readonly BrokenBlock[] = [
  {
    scenario: 'api-down',
    what: '4.2 retries nothing and says that it did',
    change: [/for \(const job of failed\) await job\.retry\(\)\.catch.*/, ''],
    check: 'recovered',
    says: /100 jobs of outreach\.whatsapp\.send stand among the failed/,
  },
  {
    scenario: 'failed-to-waiting',
    what: '5.3 moves fewer jobs than it promises',
    change: ['getFailed(0, 99)', 'getFailed(0, 49)'],
    check: 'achieved:5.3 > bash[1]',
    says: /failed = 20 .*: not seen after it/,
  },
  {
    scenario: 'poison-payloads',
    what: '3.3 counts the bad jobs and removes none',
    change: ['await job.remove();\n    removed += 1;', 'removed += 1;'],
    check: 'recovered',
    says: /12 jobs of outreach\.email\.send stand among the failed/,
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 leaves the worker alone that holds the locks',
    change: ['docker compose stop -t 5 "$SERVICE"', 'echo "stopping $SERVICE"'],
    check: 'recovery:4.3 > bash[1]',
    says: /failed with 1/,
  },
  {
    scenario: 'drain-queue',
    what: '4.4 leaves the delayed jobs',
    change: ['await queue.drain(true);', 'await queue.drain();'],
    check: 'achieved:4.4 > bash[1]',
    says: /delayed = 0 in scrape\.website: not seen after it/,
  },
  {
    scenario: 'not-confirmed',
    what: '4.4 says that it is cancelled and goes on',
    change: ['echo "Cancelled"\n  exit 0\nfi\n\ndocker compose exec', 'echo "Cancelled"\nfi\n\ndocker compose exec'],
    check: 'recovered',
    says: /the queue normalize\.cui is paused/,
  },
  {
    scenario: 'pause-and-resume',
    what: '5.1 says that it paused the queue',
    change: [/(?<=# Pause\n[^#]*)await queue\.pause\(\);/, ''],
    check: 'achieved:5.1 > bash[1]',
    says: /outreach\.whatsapp\.send is paused: not seen after it/,
  },
  {
    scenario: 'priorities',
    what: '5.2 looks past the jobs that have a priority',
    change: ['...(await queue.getPrioritized(0, 19))', ''],
    check: 'shows:5.2 > bash[1]',
    says: /does not show jobs with the priority 1/,
  },
  {
    scenario: 'metrics-endpoint',
    what: '6.2 looks for a metric that nothing exports',
    change: ["grep '^bullmq_job_count'", "grep '^bullmq_waiting'"],
    check: 'diagnosis:6.2 > bash[1]',
    says: /grep .* failed with 1/,
  },
  {
    scenario: 'restart-all',
    what: '4.1 gives the workers no time to finish',
    change: ['docker compose restart -t 60 "$service"', 'docker compose restart -t 0 "$service"'],
    check: 'ledger',
    says: /\d+ jobs? found stalled, 0 allowed/,
  },
  {
    scenario: 'queue-paused',
    what: '3.2 counts the jobs that have a priority, and no others',
    change: ['const held = counts.waiting + counts.prioritized + counts.paused;', 'const held = counts.prioritized;'],
    check: 'shows:3.2 > Diagnosis > bash[1]',
    says: /shows that the queue is paused, and what it holds, but as \d+; Redis had \d+ to \d+ meanwhile/,
  },
  {
    scenario: 'queues-paused',
    what: '2.1 looks past the jobs that have a priority',
    change: ['const backlog = counts.waiting + counts.prioritized +', 'const backlog = counts.waiting +'],
    check: 'shows:2.1 > bash[1]',
    says: /shows how much waits, but as \d+; Redis had \d+ to \d+ meanwhile/,
  },
  {
    scenario: 'redis-memory-full',
    what: '3.3 looks at the limit and leaves it',
    change: ['config set maxmemory 8gb', 'config get maxmemory'],
    check: 'recovered',
    says: /^fail/,
  },
];

/** Each block does what it is for, and something else besides that shows in no queue that it is about. */
const harmful: readonly BrokenBlock[] = [
  {
    scenario: 'queue-paused',
    what: '3.2 restarts the worker of the queue as well',
    change: [
      "await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
      "await queue.close();\n})();\n'\ndocker compose restart -t 60 worker-outreach\n```\n\nEvery paused queue.",
    ],
    check: 'blast-radius',
    says: /: worker-outreach was restarted/,
  },
  {
    scenario: 'queues-paused',
    what: '3.2 has a few jobs done again that were done',
    change: [
      'console.log("resumed:", name);',
      'console.log("resumed:", name);\n      if (name === "outreach.whatsapp.send") for (const job of await queue.getCompleted(0, 2)) await job.retry("completed");',
    ],
    check: 'ledger',
    says: /3 jobs done more than once, 0 allowed/,
  },
  {
    scenario: 'pause-and-resume',
    what: '3.2 resumes a queue that somebody has paused on purpose',
    change: [
      'await queue.resume();',
      'await queue.resume();\n  const other = new Queue("outreach.template.render", { connection: { host: "redis" } });\n  await other.resume();\n  await other.close();',
    ],
    check: 'throughout:3.2 > Solution > bash[1]',
    says: /outreach\.template\.render is paused: not so/,
  },
  {
    scenario: 'api-down',
    what: '4.2 puts the jobs into a queue that calls nobody',
    change: [
      /for \(const job of failed\) await job\.retry\(\)\.catch.*/,
      'const side = new Queue("outreach.template.render", { connection: redis });\n    for (const job of failed) { await job.remove(); await side.add(job.name, job.data, { ...job.opts, jobId: job.id }); }',
    ],
    check: 'ledger',
    says: /100 jobs turned up in another queue, 0 allowed/,
  },
  {
    scenario: 'poison-payloads',
    what: '3.3 removes as many jobs as were bad, whichever they are',
    change: [/getFailed\(\)\) \{\n.*startsWith\("Invalid data"\)\) continue;/, 'getFailed(0, 9)) {'],
    check: 'ledger',
    says: /2 jobs removed that the fault had not brought/,
  },
  {
    scenario: 'stuck-jobs',
    what: '4.3 goes by when a job was added',
    change: ['Date.now() - job.processedOn > 1800000', 'Date.now() - job.timestamp > 1800000'],
    check: 'ledger',
    says: /6 jobs removed, 5 allowed/,
  },
  {
    scenario: 'drain-queue',
    what: '4.4 removes the failed jobs, too',
    change: ['await queue.drain(true);', 'await queue.drain(true);\n  await queue.clean(0, 0, "failed");'],
    check: 'throughout:4.4 > bash[1]',
    says: /failed >= 3 in scrape\.website: not so/,
  },
  {
    scenario: 'failed-to-waiting',
    what: '5.3 retries the failed jobs of another queue, too',
    change: [
      'console.log(`moved ${failed.length} failed jobs to waiting`);',
      'const other = new Queue("pipeline.orchestrate", { connection: { host: "redis" } });\n  for (const job of await other.getFailed()) await job.retry();\n  await other.close();',
    ],
    check: 'throughout:5.3 > bash[1]',
    says: /failures = 10 in pipeline\.orchestrate: not so/,
  },
];

describe.each([
  ['whose blocks are broken, one for each scenario', broken],
  ['whose blocks do more than they are for', harmful],
])('a runbook %s', (_, blocks) => {
  let run: Verified;
  beforeAll(async () => {
    await using runbook = await changedRunbook(blocks.map(({ change }) => change));
    run = await verify(['--runbook', runbook.file, '--only', ...blocks.map(({ scenario }) => scenario)]);
  }, 900_000);

  test.each(blocks)('$scenario: $what', ({ scenario, check, says }) => {
    const found = unmet(scenarioOf(run.report, scenario).checks);
    expect(found[check], JSON.stringify(found, undefined, 2)).toMatch(says);
    expect(found[check]).toMatch(/^fail/);
  });

  test('nothing of it passes', () => {
    expect(run.report.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual(
      blocks.map(({ scenario }) => [scenario, 'fail']).toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
    );
    expect(run.code).toBe(1);
  });
});

test('a retry that forgets the priorities, and changes what the jobs are about', async () => {
  await using runbook = await changedRunbook([
    [/failed\.sort\(\(a, b\) => .*\n/, ''],
    ['await job.retry()', 'await job.updateData({ ...job.data, retried: true }).then(() => job.retry())'],
  ]);
  const { code, report } = await verify(['--runbook', runbook.file, '--only', 'api-down']);
  expect(unmet(scenarioOf(report, 'api-down').checks)).toMatchObject({
    order: expect.stringMatching(/^fail: \d\d of 100 jobs done out of turn/) as string,
    ledger: expect.stringMatching(
      /^fail: 100 jobs done with a changed name, payload or number of attempts, 0 allowed: /,
    ) as string,
  });
  expect(code).toBe(1);
});

test('a memory limit that is not given back, a rate limit that is not waited out, and a clean-up of all that ever failed', async () => {
  await using runbook = await changedRunbook([
    ['docker compose up -d --no-deps --force-recreate "$SERVICE"', 'docker compose restart "$SERVICE"'],
    ['sleep "$WINDOW_SECONDS"', 'sleep 5'],
    ['queue.clean(86400000, 1000, "failed")', 'queue.clean(0, 1000, "failed")'],
  ]);
  const only = ['out-of-memory', 'rate-limit-anaf', 'stuck-jobs'];
  const { code, report } = await verify(['--runbook', runbook.file, '--only', ...only]);
  for (const id of ['out-of-memory', 'rate-limit-anaf'])
    expect(unmet(scenarioOf(report, id).checks)).toMatchObject({ recovered: expect.stringMatching(/^fail/) as string });
  expect(unmet(scenarioOf(report, 'stuck-jobs').checks)).toMatchObject({
    ledger: expect.stringMatching(/^fail: 10 jobs removed, 5 allowed/) as string,
  });
  expect(code).toBe(1);
});

test('full speed at once, a clean-up of the young that leaves the old, and a retry of all queues where one is named, due or not', async () => {
  await using runbook = await changedRunbook([
    ['await queue.setGlobalConcurrency(1);', ''],
    ['Date.now() - job.processedOn > 1800000', 'Date.now() - job.processedOn > 0'],
    ['await queue.clean(86400000, 1000, "failed");', ''],
    ['if (process.env.QUEUE === "all") {', 'if (process.env.QUEUE !== "") {'],
    [
      'if (failed.length > 0) console.log(`retried',
      'await queue.promoteJobs();\n    if (failed.length > 0) console.log(`retried',
    ],
  ]);
  const only = ['rate-limit-others', 'stuck-jobs', 'retry-queue'];
  const { code, report } = await verify(['--runbook', runbook.file, '--only', ...only]);
  const [fast, , wide] = only.map((id) => unmet(scenarioOf(report, id).checks));
  const young = scenarioOf(report, 'stuck-jobs').checks.find(({ id }) => id === 'ledger')?.findings;
  expect(fast).toMatchObject({
    'throughout:4.2 > bash[1]': expect.stringMatching(
      /^fail: active <= 1 in outreach\.whatsapp\.send: not so/,
    ) as string,
  });
  expect(young?.map(({ message }) => message.split(':')[0])).toEqual([
    '1 job removed that the fault had not brought',
    '8 jobs failed for good, 5 allowed',
  ]);
  expect(wide).toMatchObject({
    'throughout:4.2 > bash[1]': expect.stringMatching(/^fail: failed >= 50 in payment\.webhook: not so/) as string,
    ledger: expect.stringMatching(/^fail: 10 jobs done before being due, 0 allowed: .* of campaign\.track/) as string,
  });
  expect(code).toBe(1);
});
