import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { expect, test } from 'vitest';

import { readSetupManifest } from '../src/sandbox/setup-manifest.ts';
import { projectDir, scenarioOf, verify } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

const fence = '```';
const runbook = (victim: string, image: string): string => `# Runbook of a small fleet

> **Version:** 1

## 1. Health

### 1.1 Health check

${fence}bash
docker compose ps --all
docker run --rm --privileged ${image} true || true
docker kill ${victim} || true
printf '\\033[2J::error::%s\\n' '<script>alert(1)</script>'
docker compose exec -T redis redis-cli ping
${fence}

## 3. Monitoring

### 3.1 Key metrics

| Metric | Normal range | Alert threshold |
|---|---|---|
| \`waiting\` jobs | < 100 | > 500 |
| \`active\` jobs | 1-50 | > 100 |
| \`failed\` jobs | < 10/hour | > 50/hour |
| \`delayed\` jobs | < 50 | > 200 |
| Processing rate | > 5 jobs/sec | < 1 job/sec |
`;
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
const scenario = (id: string, refused: string): string => `import { defineScenario } from '../../../src/index.ts';
export default defineScenario({
  id: '${id}',
  title: '${id}',
  diagnosis: [{ run: '1.1 > bash[1]', refused: [${refused}], shows: [{ pattern: /PONG/, means: 'that Redis answers' }] }],
  health: { sustain: '10s' },
});
`;

test('a block that reaches beyond its sandbox fails on its line, unless the scenario expects the refusal; one that does not come fails too', async () => {
  const docker = new Docker();
  const { images } = await readSetupManifest(projectDir);
  const name = `hostile-${randomBytes(3).toString('hex')}-e2e`;
  const victim = await docker.createContainer({
    name,
    Image: images.operator.ref,
    Cmd: ['sleep', '600'],
    Labels: { 'io.drillbook.hostile': name },
    HostConfig: { Init: true },
  });
  try {
    await victim.start();
    const text = runbook(name, images.operator.ref);
    await using project = await createSmallProject({
      'runbook.md': text,
      'scenarios/health.scenario.ts': scenario('unexpected', ''),
      'scenarios/worker-down.scenario.ts': scenario('expected', '/create a container/, /reach the container/'),
      'scenarios/unmet.scenario.ts': scenario('unmet', '/create a container/, /reach the container/, /pull/'),
    });
    const { code, report, stdout } = await verify([], { cwd: project.directory });
    expect(code).toBe(1);
    const walls = (id: string) => scenarioOf(report, id).checks.find((check) => check.id === 'walls');
    expect(walls('unexpected')).toMatchObject({
      verdict: 'fail',
      findings: [
        {
          message: `tried to create a container from ${images.operator.ref}`,
          location: { line: lineOf(text, 'docker run') },
        },
        {
          message: `tried to reach the container ${name}, which is not of this sandbox`,
          location: { line: lineOf(text, 'docker kill') },
        },
      ],
    });
    expect(walls('expected')).toMatchObject({ verdict: 'pass' });
    expect(scenarioOf(report, 'expected').verdict).toBe('pass');
    expect(walls('unmet')).toMatchObject({
      verdict: 'fail',
      findings: [{ message: 'expected to be refused: /pull/; the wall refused nothing like it' }],
    });
    // Neither a terminal nor a CI runner obeys anything that a block printed.
    expect(stdout).not.toMatch(/\u001b\[2J|^::error::/m);
    expect((await victim.inspect()).State).toMatchObject({ Running: true });
  } finally {
    await victim.remove({ force: true });
  }
});
