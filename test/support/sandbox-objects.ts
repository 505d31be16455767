import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { projectDir } from './run-drillbook.ts';

/**
 * Names of all containers, networks and volumes of sandboxes of this checkout and of the projects below it. Sandboxes
 * of other checkouts on the same engine do not count.
 */
export async function sandboxObjects(): Promise<readonly string[]> {
  const filter = ['--filter', 'label=io.drillbook.sandbox'];
  const project = '{{.Label "io.drillbook.project"}}';
  const lists = [
    ['ps', '-a', '--format', `${project} {{.Names}}`, ...filter],
    ['network', 'ls', '--format', `${project} {{.Name}}`, ...filter],
    ['volume', 'ls', '--format', `${project} {{.Name}}`, ...filter],
  ];
  const outputs = await Promise.all(lists.map((args) => promisify(execFile)('docker', args)));
  return outputs
    .flatMap(({ stdout }) => stdout.split('\n'))
    .filter((line) => line.startsWith(projectDir))
    .map((line) => line.slice(line.lastIndexOf(' ') + 1));
}
