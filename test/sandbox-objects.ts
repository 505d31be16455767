import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Containers, networks and volumes that carry the sandbox label, in any state. */
export async function sandboxObjects(): Promise<readonly string[]> {
  const filter = ['--filter', 'label=io.drillbook.sandbox'];
  const lists = [
    ['ps', '-a', '--format', '{{.Names}}', ...filter],
    ['network', 'ls', '--format', '{{.Name}}', ...filter],
    ['volume', 'ls', '--format', '{{.Name}}', ...filter],
  ];
  const outputs = await Promise.all(lists.map((args) => promisify(execFile)('docker', args)));
  return outputs.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}
