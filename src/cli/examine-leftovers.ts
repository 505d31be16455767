import path from 'node:path';

import { findOpenRuns } from '../run/finish-dead-runs.ts';
import type { Engine } from '../sandbox/engine.ts';
import { findSandboxes, type FoundSandbox } from '../sandbox/find-sandboxes.ts';
import { strangers } from '../sandbox/sweep.ts';
import { describeOwner } from './describe-owner.ts';
import type { Finding } from './finding.ts';

/** Lists every sandbox of this project with its owner, and those of other projects by id. Removes nothing. */
export async function examineSandboxes(directory: string, engine: Engine): Promise<Finding> {
  const sandboxes = await findSandboxes(engine, directory);
  const dead = sandboxes.filter(({ state }) => state === 'dead');
  const unknown = sandboxes.filter(({ state }) => state === 'unknown');
  const others = await strangers(engine, directory);
  const found = [
    ...sandboxes.map((sandbox) => `${sandbox.id} (${words[sandbox.state]}: ${describeOwner(sandbox)})`),
    ...others.map((id) => `${id} (of another project)`),
  ];
  const next = [
    ...(dead.length > 0 ? ['drillbook sandbox clean'] : []),
    ...unknown.map(({ id }) => `if ${id} is no longer in use: drillbook sandbox down ${id}`),
  ];
  return {
    what: 'sandboxes',
    ok: dead.length === 0,
    found: found.length > 0 ? found.join(', ') : 'none',
    ...(next.length > 0 ? { next: next.join('; ') } : {}),
  };
}

const words: Readonly<Record<FoundSandbox['state'], string>> = {
  living: 'in use',
  kept: 'left up',
  dead: 'left by a run that died',
  unknown: 'may be in use, on another host or in another container',
};

/** Lists runs that died before their reports were written. */
export async function examineRuns(directory: string): Promise<Finding> {
  const dead = (await findOpenRuns(directory)).filter(({ state }) => state === 'dead');
  const names = dead.map((run) => path.relative(directory, run.directory));
  return {
    what: 'runs',
    ok: dead.length === 0,
    found: dead.length > 0 ? `died before they were judged: ${names.join(', ')}` : 'none without a verdict',
    ...(dead.length > 0 ? { next: 'drillbook sandbox clean judges them' } : {}),
  };
}
