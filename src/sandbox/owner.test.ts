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
    what: 'there is a process of its pid, of which no more is shown',
    here: { startOf: () => 'hidden' },
    is: 'unknown',
  },
  { what: 'the machine was started anew, and its pid given again', here: { bootId: 'b2' }, is: 'dead' },
  { what: 'it is on another host', here: { bootId: 'b2', machineId: 'm2', host: 'build-8' }, is: 'unknown' },
  { what: 'it is on another host of the same name', here: { bootId: 'b2', machineId: 'm2' }, is: 'unknown' },
  { what: 'it is on a clone of this machine', here: { bootId: 'b2', host: 'build-8' }, is: 'unknown' },
  {
    what: 'hosts cannot be told apart',
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
    what: 'the system does not tell namespaces',
    owner: { pidNamespace: '' },
    here: { pidNamespace: '' },
    is: 'unknown',
  },
  { what: 'the system does not tell boots', owner: { bootId: '' }, here: { bootId: '' }, is: 'unknown' },
  { what: 'it could not tell its own start', owner: { pidStart: '' }, is: 'unknown' },
])('an owner is $is when $what', ({ owner: changed, here, is }) => {
  expect(ownerState({ ...owner, ...changed }, { ...machine, ...here })).toBe(is);
});

test('this process lives, by what it says of itself', () => {
  expect(ownerState(ownerHere())).toBe('living');
  expect(ownerState({ ...ownerHere(), pidStart: '1' })).toBe('dead');
});

test('a process that has ended is dead, also while nobody has asked how it ended', async () => {
  // The shell starts a process, becomes one that never asks after it, and only then the first is let go to its end.
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
