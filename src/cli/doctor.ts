import { availableParallelism, totalmem } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { exitCode, formatError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { connectEngine, type Engine } from '../sandbox/engine.ts';
import {
  readPromtool,
  readSetupManifest,
  type InstalledPromtool,
  type SetupManifest,
} from '../sandbox/setup-manifest.ts';
import { defineCommand } from './define-command.ts';
import { examineRuns, examineSandboxes } from './examine-leftovers.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'show what Drillbook needs and finds on this machine, and how to get the rest',
  needsDocker: false,
  options: ['json'],
  exits: { passed: 'everything is there', failed: 'something is missing or left over' },
  run: async ({ json }) => {
    const findings = await examine(process.cwd());
    process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : renderTable(findings));
    process.exitCode = findings.every(({ ok }) => ok) ? exitCode.passed : exitCode.failed;
  },
});

async function examine(directory: string): Promise<readonly Finding[]> {
  const setup = await attempt('set-up', () => readSetupManifest(directory), 'run "npm run verify", which sets it up');
  const promtool = await attempt('promtool', () => readPromtool(directory), '');
  const engine = await attempt('engine', connectEngine, 'start a Docker engine, or set DOCKER_HOST');
  const findings: Finding[] = [];
  if ('finding' in engine) findings.push(engine.finding);
  else findings.push({ what: 'engine', ok: true, found: `Docker ${(await engine.value.version()).Version}` });
  findings.push(await examineCompose());
  if ('finding' in setup) findings.push(setup.finding);
  else findings.push(...(await examineImages(setup.value, 'value' in engine ? engine.value : undefined)));
  // If the set-up has not run, the finding above says so.
  if ('value' in promtool) findings.push(examinePromtool(promtool.value));
  const major = Number(process.versions.node.split('.')[0]);
  findings.push({
    what: 'node',
    ok: major >= 24,
    found: process.version,
    ...(major >= 24 ? {} : { next: 'use Node 24 or newer' }),
  });
  findings.push({ what: 'cores', ok: true, found: String(availableParallelism()) });
  const gib = totalmem() / 2 ** 30;
  findings.push({
    what: 'memory',
    ok: gib >= 4,
    found: `${gib.toFixed(1)} GiB`,
    ...(gib >= 4 ? {} : { next: 'use a machine with 4 GiB or more; the fleet needs about 2' }),
  });
  if ('value' in engine) findings.push(await examineSandboxes(directory, engine.value));
  findings.push(await examineRuns(directory));
  return findings;
}

async function attempt<T>(
  what: string,
  work: () => Promise<T>,
  next: string,
): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { finding: { what, ok: false, found: formatError(error), next } };
  }
}

async function examineCompose(): Promise<Finding> {
  const found = await attempt(
    'compose',
    () => run('docker', ['compose', 'version', '--short'], { timeout: 10_000 }),
    'install the Compose v2 plugin of the docker command',
  );
  return 'finding' in found ? found.finding : { what: 'compose', ok: true, found: found.value.stdout.trim() };
}

function examineImages(manifest: SetupManifest, engine: Engine | undefined): Promise<readonly Finding[]> {
  return Promise.all(
    Object.entries(manifest.images).map(async ([name, { ref, source, version }]): Promise<Finding> => {
      const there = await engine
        ?.getImage(ref)
        .inspect()
        .catch(() => undefined);
      const what = `image ${name}`;
      const found = `${ref} (${source === 'built' ? 'built here' : 'from the registry'}, ${version})`;
      return there
        ? { what, ok: true, found }
        : {
            what,
            ok: false,
            found: `${ref} is not in the engine`,
            next: 'run "npm run verify", which builds it again',
          };
    }),
  );
}

function examinePromtool(promtool: InstalledPromtool | null): Finding {
  // Only alert rules need it, so the gate works without it.
  return {
    what: 'promtool',
    ok: true,
    found: promtool ? `${promtool.version} at ${promtool.path}` : 'not found',
    ...(promtool ? {} : { next: 'alert rules are not judged without it; Prometheus brings it. Put it on the PATH' }),
  };
}

function renderTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  // Names of images, labels and folders may hold control characters: print them as plain text.
  const lines = findings
    .map(
      ({ what, ok, found, next }) =>
        `${ok ? 'ok     ' : 'MISSING'}  ${what.padEnd(width)}  ${found}${next ? `\n${' '.repeat(width + 11)}→ ${next}` : ''}\n`,
    )
    .join('');
  return plainText(lines);
}
