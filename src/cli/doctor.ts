import { availableParallelism, totalmem } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';

import { exitCode, formatError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { connectEngine } from '../sandbox/engine.ts';
import { readSetupManifest, type SetupManifest } from '../sandbox/setup-manifest.ts';
import { examineRuns, examineSandboxes } from './examine-leftovers.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('show what Drillbook finds on this machine, and what to do about what is missing')
    .option('--json', 'print the findings as JSON')
    .action(async (flags: { readonly json?: true }) => {
      const findings = await examine(process.cwd());
      process.stdout.write(flags.json ? `${JSON.stringify(findings, undefined, 2)}\n` : renderTable(findings));
      process.exitCode = findings.every(({ ok }) => ok) ? exitCode.passed : exitCode.failed;
    });
}

async function examine(directory: string): Promise<readonly Finding[]> {
  const setup = await attempt(
    'set-up',
    () => readSetupManifest(directory),
    '"npm run verify", and every other command that needs it, sets it up',
  );
  const engine = await attempt('engine', connectEngine, 'start a Docker engine, or set DOCKER_HOST');
  const findings: Finding[] = [];
  if ('finding' in engine) findings.push(engine.finding);
  else findings.push({ what: 'engine', ok: true, found: `Docker ${(await engine.value.version()).Version}` });
  findings.push(await examineCompose());
  if ('finding' in setup) findings.push(setup.finding);
  else
    findings.push(
      ...(await examineImages(setup.value, 'value' in engine ? engine.value : undefined)),
      examinePromtool(setup.value),
    );
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
    ...(gib >= 4 ? {} : { next: 'the fleet needs about 2 GiB; have 4' }),
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

type Engine = Awaited<ReturnType<typeof connectEngine>>;

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
            next: '"npm run verify" makes it again',
          };
    }),
  );
}

function examinePromtool({ promtool }: SetupManifest): Finding {
  // Nothing needs it yet, so its absence is not an illness.
  return {
    what: 'promtool',
    ok: true,
    found: promtool ? `${promtool.version} at ${promtool.path}` : 'not found',
    ...(promtool ? {} : { next: 'nothing needs it yet; it comes with Prometheus (Debian: package prometheus)' }),
  };
}

function renderTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  // Images, labels and folders are named by whoever made them.
  const lines = findings
    .map(
      ({ what, ok, found, next }) =>
        `${ok ? 'ok     ' : 'MISSING'}  ${what.padEnd(width)}  ${found}${next ? `\n${' '.repeat(width + 11)}→ ${next}` : ''}\n`,
    )
    .join('');
  return plainText(lines);
}
