import { expect, test } from 'vitest';

import { changedRunbook, scenarioOf, unmet, verify, type Verified } from './support/run-drillbook.ts';
import { sample } from './support/sample.ts';

/** Verifies a changed copy of the project's runbook in one scenario. */
async function verifyChanged(scenario: string, changes: Parameters<typeof changedRunbook>[0]): Promise<Verified> {
  await using runbook = await changedRunbook(changes);
  return await verify(['--runbook', runbook.file, '--only', scenario]);
}

/** The block of 3.2 that resumes one queue. */
const resumeOne = 'await queue.resume();\n  console.log(`${queue.name} paused:`, await queue.isPaused());';

interface Case {
  readonly what: string;
  readonly run: () => Promise<void>;
}

/** Plausible but wrong procedures, and changed thresholds: each must fail or be inconclusive. */
const cases: readonly Case[] = [
  {
    what: 'a procedure that does nothing',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [[resumeOne, 'console.log("resumed");']]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toMatchObject({
        recovered: expect.stringContaining('the queue outreach.whatsapp.send is paused') as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a procedure that names the wrong queue',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [
        [
          'QUEUE="${1:-outreach.whatsapp.send}"\ndocker compose exec -T -e QUEUE="$QUEUE" api node -e \'\nconst { Queue } = require("bullmq");\n(async () => {\n  const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });\n  await queue.resume();',
          'QUEUE=outreach.email.send\ndocker compose exec -T -e QUEUE="$QUEUE" api node -e \'\nconst { Queue } = require("bullmq");\n(async () => {\n  const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });\n  await queue.resume();',
        ],
      ]);
      expect(Object.keys(unmet(scenarioOf(report, 'queue-paused').checks))).toContain('recovered');
      expect(code).toBe(1);
    },
  },
  {
    what: 'a procedure that names the wrong service, after a diagnosis that counts only jobs with a priority',
    async run() {
      const { code, report } = await verifyChanged('container-down', [
        ['docker compose restart worker-enrichment\nsleep 10', 'docker compose restart worker-outreach\nsleep 10'],
        ['const backlog = counts.waiting + counts.prioritized', 'const backlog = counts.prioritized'],
      ]);
      expect(unmet(scenarioOf(report, 'container-down').checks)).toMatchObject({
        'shows:2.1 > bash[1]': expect.stringMatching(/^fail: .* what backs up most/) as string,
        recovered: expect.stringContaining('worker-enrichment is exited') as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a procedure that does only half of the work',
    async run() {
      const { code, report } = await verifyChanged('queues-paused', [
        [
          'if (await queue.isPaused()) {\n      await queue.resume();',
          'if (name < "m" && (await queue.isPaused())) {\n      await queue.resume();',
        ],
      ]);
      expect(Object.keys(unmet(scenarioOf(report, 'queues-paused').checks))).toContain('recovered');
      expect(code).toBe(1);
    },
  },
  {
    what: 'a block that exits with 0 although its first command failed, and the fleet stays broken',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [
        [resumeOne, 'throw new Error("no such thing");'],
        [
          "await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
          "await queue.close();\n})();\n'\necho done\n```\n\nEvery paused queue.",
        ],
      ]);
      const scenario = scenarioOf(report, 'queue-paused');
      const failed = scenario.checks
        .flatMap(({ findings }) => findings)
        .find(({ output }) => output?.includes('no such thing'));
      expect(failed).toMatchObject({ exitCode: 1, location: { line: expect.any(Number) as number } });
      expect(scenario.procedures.find(({ purpose }) => purpose === 'recovery')).toMatchObject({ exitCode: 0 });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a lesser remedy that cures too, only later: the recovery is not due to the procedure',
    async run() {
      const { code, report } = await verifyChanged('crash-loop', [
        [
          'docker compose restart worker-enrichment\nsleep 10',
          'sleep 15\ndocker compose up -d --no-deps --force-recreate worker-enrichment\nsleep 10',
        ],
      ]);
      expect(unmet(scenarioOf(report, 'crash-loop').checks)).toMatchObject({
        'control-arm': expect.stringMatching(/^fail: recovery is not shown to be due to the procedure/) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a diagnosis that cures: the recovery is not due to the procedure, which does nothing',
    async run() {
      const shown = 'console.log(" ", show(row));';
      const { code, report } = await verifyChanged('queue-paused', [
        [
          shown,
          // The printed number of jobs must be in a sample before the queue is worked off.
          `${shown}\n  await new Promise((done) => setTimeout(done, 3000));\n  for (const { name } of rows.filter((row) => row.paused)) await new Queue(name, { connection: redis }).resume();`,
        ],
        [resumeOne, ''],
      ]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toEqual({
        'control-arm': expect.stringMatching(/^fail: recovery is not shown to be due to the procedure/) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a procedure that kills running jobs',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [
        [resumeOne, `await queue.drain(true);\n  ${resumeOne}`],
      ]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toMatchObject({
        ledger: expect.stringMatching(/^fail: \d+ jobs? (lost|removed), 0 allowed/) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a procedure that cures and harms another part of the fleet',
    async run() {
      const elsewhere = `const other = new Queue("payment.webhook", { connection: { host: "redis" } });
  await other.add("work", { amount: 5 });
  await other.pause();
  await other.setGlobalConcurrency(1);
  await other.close();`;
      const { code, report } = await verifyChanged('queue-paused', [
        [resumeOne, `${resumeOne}\n  ${elsewhere}`],
        [
          "await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
          "await queue.close();\n})();\n'\ndocker compose stop worker-nurturing\ndocker compose restart -t 5 worker-ai\ndocker update --restart no $(docker compose ps -q worker-ai)\ndocker compose exec -T redis redis-cli config set appendonly no\n```\n\nEvery paused queue.",
        ],
      ]);
      const { checks } = scenarioOf(report, 'queue-paused');
      const findings = checks.find(({ id }) => id === 'blast-radius')?.findings ?? [];
      expect(findings.map(({ message }) => message)).toEqual([
        'the queue payment.webhook (unaffected by the fault) is left paused',
        'worker-ai (unaffected by the fault) is left with a different restart policy: no; it was unless-stopped',
        'worker-ai (unaffected by the fault) was restarted',
        'worker-nurturing (unaffected by the fault) is left exited',
        'the queue payment.webhook is left with a global concurrency of 1',
        'Redis is left with appendonly "no"; it was "yes"',
        '3.2 > Solution > bash[1] gave Redis the command CONFIG SET, which the scenario does not allow',
      ]);
      for (const found of findings.slice(1, 3))
        expect(found).toMatchObject({ location: { line: expect.any(Number) as number } });
      const ledger = checks.find(({ id }) => id === 'ledger')?.findings.map(({ message }) => message) ?? [];
      expect(ledger).toContainEqual(
        expect.stringMatching(/^\d+ jobs still queued when the fleet had done what it could/),
      );
      expect(ledger).toContainEqual(expect.stringMatching(/^1 job appeared that the load had not enqueued/));
      expect(checks.find(({ id }) => id === 'recovered')?.verdict).toBe('pass');
      expect(code).toBe(1);
    },
  },
  {
    what: 'workers that look alive and take no jobs',
    async run() {
      // A global concurrency of 0 makes workers idle although nothing is paused and every ping is green.
      const { code, report } = await verifyChanged('queue-paused', [
        [resumeOne, `${resumeOne}\n  await (await queue.client).hset(queue.keys.meta, "concurrency", 0);`],
      ]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toMatchObject({
        'no-wedge': expect.stringMatching(
          /^fail: the queue outreach\.whatsapp\.send had \d+ waiting and took none/,
        ) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a Redis that is down at the end, so that the jobs cannot be counted',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [
        [
          "await queue.close();\n})();\n'\n```\n\nEvery paused queue.",
          "await queue.close();\n})();\n'\ndocker compose stop redis\n```\n\nEvery paused queue.",
        ],
      ]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toMatchObject({
        recovered: expect.stringMatching(/^fail: .*worker-outreach is running \(unhealthy\)/) as string,
        ledger: expect.stringMatching(/^inconclusive: /) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a runbook without one of its sections',
    async run() {
      const { code, report } = await verifyChanged('queue-paused', [[/### 3\.2 [^]*?(?=### 3\.3 )/, '']]);
      expect(unmet(scenarioOf(report, 'queue-paused').checks)).toMatchObject({
        binding: expect.stringMatching(/^fail: .*3\.2 > /) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a thresholds table with looser limits',
    async run() {
      const { code, report } = await verifyChanged('health-check', [
        ['| `waiting` jobs | < 1000 |', '| `waiting` jobs | < 4000 |'],
      ]);
      expect(unmet(report.checks)).toMatchObject({
        oracle: expect.stringMatching(/^fail: the oracle moved: .* from < 1000 to < 4000/) as string,
      });
      expect(code).toBe(1);
    },
  },
  {
    what: 'a runbook without its thresholds table',
    async run() {
      const { code, report } = await verifyChanged('health-check', [[/\| Metric \| Normal range [^]*?\n\n/, '\n']]);
      expect(Object.keys(unmet(report.checks))).toContain('oracle');
      expect(code).toBe(1);
    },
  },
];

test.each(sample('hard-to-fool', cases, ({ what }) => what))('is not fooled by $what', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});
