import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { DrillbookError } from '../kernel/errors.ts';

const run = promisify(execFile);

export interface ComposeFiles {
  readonly projectDir: string;
  readonly project: string;
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs one of the harness's own `docker compose` commands on a sandbox, and returns what it printed. */
export async function runCompose(
  compose: ComposeFiles,
  args: readonly string[],
  withinMs: number,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const files = compose.files.flatMap((file) => ['-f', file]);
  const argv = ['compose', '--project-directory', compose.projectDir, '-p', compose.project, ...files, ...args];
  try {
    const { stdout } = await run('docker', argv, {
      env: { ...clientEnvironment(), ...compose.environment, ...options.environment },
      cwd: compose.projectDir,
      timeout: withinMs,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return stdout;
  } catch (cause) {
    // The aborted command may still be ending. `removeSandbox` waits for that.
    options.signal?.throwIfAborted();
    const detail = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' ') ?? String(cause);
    throw new DrillbookError(`docker compose ${args.join(' ')} failed: ${detail}`, { code: 'COMPOSE_FAILED', cause });
  }
}

/**
 * The variables that the docker command needs, and no others. A compose file can read the whole environment of Compose,
 * and could carry it into the sandbox.
 */
function clientEnvironment(): Record<string, string | undefined> {
  const names = ['PATH', 'HOME', 'USER', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'SSH_AUTH_SOCK', 'LANG'];
  const docker = Object.keys(process.env).filter((name) => name.startsWith('DOCKER_'));
  return Object.fromEntries(
    [...names, ...docker].flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}
