import type { Check, Finding, RunReport, ScenarioReport } from '../../verdict/run-report.ts';

const file = 'runbooks/worker-failure.md';

export function check(id: string, verdict: Check['verdict'], findings: readonly Finding[] = []): Check {
  return { id, verdict, message: findings[0]?.message ?? `${id} holds`, locations: [], findings: [...findings] };
}

export function scenario(changes: Partial<ScenarioReport> = {}): ScenarioReport {
  return {
    id: 'queue-paused',
    title: 'one queue is paused',
    file: 'scenarios/queue-paused.scenario.ts',
    sections: ['3.2'],
    fault: { kind: 'queues-paused', summary: 'mail paused' },
    verdict: 'pass',
    started: { realMs: 10, sandbox: '2026-01-01T00:00:00.000Z' },
    duration: { realMs: 30_000, sandboxMs: 300_000 },
    recovery: { sinceProcedure: { realMs: 920, sandboxMs: 9200 }, sinceFault: { realMs: 4000, sandboxMs: 40_000 } },
    checks: [check('recovered', 'pass')],
    procedures: [],
    ledger: null,
    ...changes,
  };
}

export function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    generatedAt: '2026-01-01T00:00:00.000Z',
    run: 'r1',
    drillbook: '0.1.0',
    startedAt: '2026-01-01T00:00:00.000Z',
    verdict: 'pass',
    exitCode: 0,
    interrupted: null,
    seed: 1,
    timeScale: 10,
    duration: { realMs: 30_000, sandboxMs: 300_000 },
    runbook: { file, sha256: '00', title: 'Worker failure', version: '1.1', repairs: [] },
    environment: {
      engine: '20',
      compose: '2',
      node: 'v24',
      versions: [
        { name: 'bullmq', declared: '5', real: '5.81.5', agrees: true },
        { name: 'redis', declared: '8.4.0', real: '8.6.3', agrees: false },
      ],
      images: [],
      realTimeServices: [],
    },
    checks: [check('oracle', 'pass')],
    scenarios: [scenario()],
    coverage: [
      {
        number: '3.2',
        title: 'Queue paused',
        line: 10,
        endLine: 20,
        covered: true,
        scenarios: ['queue-paused'],
        procedures: [
          { address: '3.2 > bash[1]', covered: true, scenarios: ['queue-paused'] },
          { address: '3.2 > bash[2]', covered: false, scenarios: [] },
        ],
      },
      {
        number: '4.4',
        title: 'Drain',
        line: 30,
        endLine: 40,
        covered: false,
        scenarios: [],
        procedures: [{ address: 'b', covered: false, scenarios: [] }],
      },
      { number: '1', title: 'Overview', line: 1, endLine: 5, covered: false, scenarios: [], procedures: [] },
    ],
    notes: [],
    leftovers: [],
    ...changes,
  };
}

export const failing: Finding = {
  message: '`docker compose exec api node -e " …` failed with 1, and the block still ended with 0',
  cause: 'BullMQ 5 refuses a colon in a queue name',
  location: { file, line: 200 },
  command: 'docker compose exec api node -e " …',
  exitCode: 1,
  output:
    "/app/queue-base.js:35\n    throw new Error('Queue name cannot contain :');\n\nError: Queue name cannot contain :\n    at new QueueBase\n\nNode.js v24",
};

/** Output of a hostile block. */
export const hostile =
  '\u001b[2J\u001b]0;owned\u0007::error::gotcha\n::set-output name=x::y\n<script>alert(1)</script> ]]> | **bold** `x` \u202egnp.exe';
