import { nat, uint8Array } from 'fast-check';

import type { FuzzTarget } from './fuzz-worker.ts';

const kept: Uint8Array[] = [];

const hangs: FuzzTarget<number> = {
  inputs: nat(),
  check(input) {
    if (input % 8 === 0) for (let turn = 0; turn >= 0; turn = (turn + 1) % 1000);
  },
};

const leaks: FuzzTarget<Uint8Array> = {
  inputs: uint8Array({ minLength: 100 }),
  check: () => void kept.push(new Uint8Array(20_000)),
};

const breaks: FuzzTarget<number> = {
  inputs: nat(),
  check(input) {
    if (input > 100) throw new TypeError('it broke');
  },
};

/** Targets that fuzzing must report. */
export const targets = { hangs, leaks, breaks };
