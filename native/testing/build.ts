import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';

const source = (name: string): string => path.join(import.meta.dirname, '..', name);
const strict = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror'];

export function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Compiles a preloaded library of this folder into `folder`. @returns its path */
export function buildLibrary(name: string, folder: string, flags: readonly string[] = []): string {
  const output = path.join(folder, `lib${name}.so`);
  const libraries = ['-Wl,--no-as-needed', '-l:libdl.so.2'];
  execFileSync('cc', [...strict, ...flags, '-shared', '-fPIC', '-o', output, source(`${name}.c`), ...libraries], {
    stdio: 'pipe',
  });
  return output;
}

/** Compiles a test program of this folder into `folder`. @returns its path */
export function buildProgram(name: string, folder: string): string {
  const output = path.join(folder, name);
  execFileSync('cc', [...strict, '-o', output, source(`${name}.c`), '-lrt', '-ldl', '-pthread'], { stdio: 'pipe' });
  return output;
}
