import type { Config } from '../../src/config/define-config.ts';
import { createSandboxClock } from '../../src/kernel/clock.ts';
import { connectEngine } from '../../src/sandbox/engine.ts';
import { takeLease } from '../../src/sandbox/lease.ts';
import { removeSandbox } from '../../src/sandbox/remove-sandbox.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { readSetupManifest } from '../../src/sandbox/setup-manifest.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { loadProject } from '../../src/scenario/load-project.ts';
import { createSmallProject } from './small-project.ts';

/** A running sandbox of `fixtures/small-fleet`. Its disposal removes the sandbox and its project. */
export interface SmallSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly config: Config;
}

/**
 * Starts a sandbox of `fixtures/small-fleet`.
 * @param timeScale sandbox seconds per real second
 * @param files are written over the fixture
 * @param adjust changes the configuration after it was loaded
 */
export async function startSmallSandbox(
  timeScale: number,
  files: Readonly<Record<string, string>> = {},
  adjust: (config: Config) => Config = (config) => config,
): Promise<SmallSandbox> {
  await using stack = new AsyncDisposableStack();
  const { directory } = stack.use(await createSmallProject(files));
  const config = adjust((await loadProject(directory)).config);
  const lease = takeLease(directory, 'test');
  stack.defer(async () => void (await removeSandbox(await connectEngine(), lease)));
  const sandbox = await startSandbox({
    projectDir: directory,
    config,
    manifest: await readSetupManifest(directory),
    clock: createSandboxClock(timeScale),
    startWithinMs: 120_000,
    lease,
  });
  const kept = stack.move();
  return { sandbox, config, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
