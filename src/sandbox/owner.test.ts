import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { processStart } from '../kernel/process-start.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { ownerHere, ownerState, thisMachine, type Machine, type Owner } from './owner.ts';

const owner: Owner = {
  user: 'ann',
  host: 'build-7',
  machineId: 'm1',
  bootId: 'b1',
  pidNamespace: 'pid:[1]',
  pid: 4711,
  pidStart: '1000',
};
const machine: Machine = {
  host: 'build-7',
  machineId: 'm1',
  bootId: 'b1',
  pidNamespace: 'pid:[1]',
  startOf: (pid) => (pid === 4711 ? { start: '1000' } : 'none'),
};

test.each<{
  readonly what: string;
  readonly owner?: Partial<Owner>;
  readonly here?: Partial<Machine>;
  readonly is: string;
}>([
  { what: 'it runs', is: 'living' },
  { what: 'it has ended', here: { startOf: () => 'none' }, is: 'dead' },
  { what: 'its pid is another process’ by now', here: { startOf: () => ({ start: '2000' }) }, is: 'dead' },
  {
    what: 'a process has its pid, but the system hides everything else',
    here: { startOf: () => 'hidden' },
    is: 'unknown',
  },
  { what: 'the machine has restarted and reused its pid', here: { bootId: 'b2' }, is: 'dead' },
  { what: 'it is on another host', here: { bootId: 'b2', machineId: 'm2', host: 'build-8' }, is: 'unknown' },
  { what: 'it is on another host of the same name', here: { bootId: 'b2', machineId: 'm2' }, is: 'unknown' },
  { what: 'it is on a clone of this machine', here: { bootId: 'b2', host: 'build-8' }, is: 'unknown' },
  {
    what: 'hosts cannot be distinguished',
    owner: { machineId: '' },
    here: { bootId: 'b2', machineId: '' },
    is: 'unknown',
  },
  {
    what: 'it is in another container on this host',
    here: { pidNamespace: 'pid:[2]', startOf: () => 'none' },
    is: 'unknown',
  },
  {
    what: 'the system reports no namespaces',
    owner: { pidNamespace: '' },
    here: { pidNamespace: '' },
    is: 'unknown',
  },
  { what: 'the system reports no boot id', owner: { bootId: '' }, here: { bootId: '' }, is: 'unknown' },
  { what: 'it could not read its own start time', owner: { pidStart: '' }, is: 'unknown' },
])('an owner is $is when $what', ({ owner: changed, here, is }) => {
  expect(ownerState({ ...owner, ...changed }, { ...machine, ...here })).toBe(is);
});

test('this process counts as living', () => {
  expect(ownerState(ownerHere())).toBe('living');
  expect(ownerState({ ...ownerHere(), pidStart: '1' })).toBe('dead');
});

test('a process that has ended is dead even before its parent reads its exit code', async () => {
  // The shell starts a process and becomes one that never reads its exit code. Only then may the first process end.
  const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(String(line).trim());
    await pollUntil(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n', {
      what: 'the shell to become another process',
      withinMs: 10_000,
    });
    parent.stdin.end();
    await pollUntil(() => processStart(zombie) === 'none', { what: 'the end of the child', withinMs: 10_000 });
    process.kill(zombie, 0);
    expect(ownerState({ ...ownerHere(), pid: zombie, pidStart: '1' }, thisMachine)).toBe('dead');
  } finally {
    parent.kill('SIGKILL');
  }
});
