import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { AlertsReport } from '../src/alerts/alerts-report.ts';
import { projectDir, runDrillbook } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** An exporter that asks a worker for its health at each scrape, as a blackbox exporter does. */
const probe = `
  probe:
    image: \${DRILLBOOK_FLEET_IMAGE:-drillbook-fleet}
    restart: unless-stopped
    stop_grace_period: 2s
    command:
      - node
      - --eval
      - |
        let failures = 0;
        const answers = (url) => fetch(url, { signal: AbortSignal.timeout(4000) }).then(({ ok }) => ok, () => false);
        const server = require('node:http').createServer(async ({ url }, response) => {
          if (url === '/health') return response.end('ok');
          const success = await answers('http://worker-nurturing:9000/health');
          if (!success) failures += 1;
          const lines = [
            '# TYPE probe_success gauge',
            'probe_success{target="worker-nurturing"} ' + Number(success),
            '# TYPE probe_failures_total counter',
            'probe_failures_total{target="worker-nurturing"} ' + failures,
          ];
          response.end(lines.join('\\n') + '\\n');
        });
        server.listen(9115);
        process.once('SIGTERM', () => process.exit(0));
    healthcheck:
      { test: [CMD, bash, fleet/health.sh, '9115'], interval: 1s, timeout: 5s, retries: 5, start_period: 10s }
`;

const rules = `groups:
  - name: probe
    rules:
      - alert: WorkerSilent
        expr: probe_success{target="worker-nurturing"} == 0 and on (job, instance) up == 1
        for: 30s
      - alert: ProbesFail
        expr: increase(probe_failures_total[1m]) > 1
`;

async function withProbe(): Promise<Readonly<Record<string, string>>> {
  const fleet = path.join(projectDir, 'fixtures/small-fleet');
  const config = await readFile(path.join(fleet, 'drillbook.config.ts'), 'utf8');
  const compose = await readFile(path.join(fleet, 'compose.yml'), 'utf8');
  return {
    'drillbook.config.ts': config.replace(
      'metrics: {',
      "metrics: { targets: [{ job: 'probe', service: 'probe', port: 9115 }],",
    ),
    'compose.yml': compose.replace('\nvolumes:\n', `${probe}\nvolumes:\n`),
    'rules.yml': rules,
  };
}

test('rules over the metrics of a second exporter are judged, with its `up`', async () => {
  await using project = await createSmallProject(await withProbe());
  const cwd = project.directory;
  const judge = ['alerts', 'test', '--rules', 'rules.yml', '--json'];
  const recorded = await runDrillbook([...judge, '--hold', '--only', 'worker-down'], { cwd });
  const run = /^recorded: (.+)$/m.exec(recorded.stderr)?.[1] ?? 'no run';
  const again = await runDrillbook([...judge, '--runs', run], { cwd });
  expect(again.stdout, recorded.stderr).toBe(recorded.stdout);
  const report = JSON.parse(again.stdout) as AlertsReport;
  expect(report.rules.map(({ name, cells }) => [name, cells])).toMatchObject([
    [
      'WorkerSilent',
      [
        {
          scenario: 'worker-down',
          outcome: 'fired',
          firing: { worst: { labels: { job: 'probe', instance: 'probe:9115', target: 'worker-nurturing' } } },
        },
      ],
    ],
    ['ProbesFail', [{ scenario: 'worker-down', outcome: 'fired' }]],
  ]);
  expect(report.rules.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'fail'))).toEqual([]);
  expect(await sandboxObjects()).toEqual([]);
});
