import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What the runs of one project have left behind, one line each: objects in the engine by their labels, folders of
 * sandboxes, `docker compose` processes, and files that a run's folder holds only while the run lives.
 * @param id looks for one sandbox only, and at no folders of runs
 */
export async function residueOf(project: string, id?: string): Promise<readonly string[]> {
  const lists = await Promise.all([
    objectsOf(project, id),
    namesIn(path.join(project, '.drillbook/sandboxes')),
    composeProcesses(project),
    id === undefined ? openRuns(project) : [],
  ]);
  return lists.flat().filter((line) => id === undefined || line.includes(id));
}

async function objectsOf(project: string, id: string | undefined): Promise<readonly string[]> {
  const labels = [`io.drillbook.project=${project}`, `io.drillbook.sandbox${id === undefined ? '' : `=${id}`}`];
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  const format = ['--format', '{{.Label "io.drillbook.sandbox"}} {{.Name}}'];
  const outputs = await Promise.all([
    run('docker', ['ps', '-a', ...filters, '--format', '{{.Label "io.drillbook.sandbox"}} {{.Names}} {{.State}}']),
    run('docker', ['network', 'ls', ...filters, ...format]),
    run('docker', ['volume', 'ls', ...filters, ...format]),
  ]);
  return outputs.flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line !== '');
}

/** The `docker compose` processes of the project. Their arguments name the files of a sandbox. */
async function composeProcesses(project: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid,args']);
  const lines = stdout.split('\n').filter((line) => /docker.* compose .*\.drillbook\/sandboxes\//.test(line));
  const cwds = await Promise.all(
    lines.map((line) =>
      run('readlink', [`/proc/${line.trim().split(' ')[0] ?? ''}/cwd`]).then(
        ({ stdout: cwd }) => cwd.trim(),
        () => 'ended meanwhile',
      ),
    ),
  );
  return lines.filter((_, index) => cwds[index] === project);
}

const reports = ['junit.xml', 'report.html', 'report.json', 'summary.md', 'history.jsonl'];

async function openRuns(project: string): Promise<readonly string[]> {
  const folder = path.join(project, 'reports');
  const problems: string[] = [];
  for (const name of await namesIn(folder)) {
    const names = await namesIn(path.join(folder, name));
    const passing = names.filter((one) => one === 'lease.json' || one.startsWith('.'));
    for (const one of passing) problems.push(`${name}/${one}`);
    for (const one of reports.filter((report) => !names.includes(report))) problems.push(`${name} has no ${one}`);
  }
  return problems;
}

function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}
