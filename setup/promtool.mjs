import { findOnPath } from './host.mjs';
import { run } from './run.mjs';

/** Finds Prometheus' rule engine on the PATH; null if it is not there. Alert checks are inconclusive without it. */
export async function findPromtool() {
  const path = findOnPath('promtool');
  if (!path) return null;
  const outcome = await run(path, ['--version'], { timeoutMs: 10_000 });
  const version = /version (\S+)/.exec(`${outcome.stdout}${outcome.stderr}`)?.[1];
  return version ? { path, version } : null;
}
