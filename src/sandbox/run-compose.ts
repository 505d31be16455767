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

/** Runs one `docker compose` command of the harness itself on a sandbox, and returns what it printed. */
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
    // Asked to end, it may still be at it: whoever removes the sandbox waits for that.
    options.signal?.throwIfAborted();
    const detail = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' ') ?? String(cause);
    throw new DrillbookError(`docker compose ${args.join(' ')} failed: ${detail}`, { code: 'COMPOSE_FAILED', cause });
  }
}

/**
 * What the docker command needs of this process's environment, and no more: a compose file can read the whole environment of
 * whoever runs Compose, and what it reads would be in the sandbox.
 */
function clientEnvironment(): Record<string, string | undefined> {
  const names = ['PATH', 'HOME', 'USER', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'SSH_AUTH_SOCK', 'LANG'];
  const docker = Object.keys(process.env).filter((name) => name.startsWith('DOCKER_'));
  return Object.fromEntries(
    [...names, ...docker].flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}
