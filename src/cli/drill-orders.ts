import { userInfo } from 'node:os';

import { findLivingDrill } from '../drill/find-living-drill.ts';
import { giveOrder } from '../drill/give-order.ts';
import { InputError } from '../kernel/errors.ts';
import { parseDuration } from '../kernel/duration.ts';
import { defineCommand } from './define-command.ts';
import { noDrill } from './drill-stop.ts';

const exits = { passed: 'the drill has carried it out', usage: 'no drill is played, or it refuses the order' };

/** What a facilitator says to the running drill from another terminal. */
export const orderCommands = [
  defineCommand({
    name: 'drill inject',
    summary: 'let the incident of a drill with --manual come now',
    needsDocker: false,
    exits,
    run: () => order('inject'),
  }),
  defineCommand({
    name: 'drill extend',
    summary: 'give the player of the running drill more time',
    argument: { name: '<duration>', text: 'how much more, in real time, e.g. 10m; at most 2h in all' },
    needsDocker: false,
    exits,
    run: (_, [text = '']) => extend(text),
  }),
  defineCommand({
    name: 'drill hint',
    summary: 'give the player of the running drill the next hint, free of charge',
    needsDocker: false,
    exits,
    run: () => order('hint'),
  }),
  defineCommand({
    name: 'drill pause',
    summary: 'stop the running drill: its clock, its load and its limits',
    needsDocker: false,
    exits,
    run: () => order('pause'),
  }),
  defineCommand({
    name: 'drill resume',
    summary: 'let a paused drill go on',
    needsDocker: false,
    exits,
    run: () => order('resume'),
  }),
];

async function extend(text: string): Promise<void> {
  const byMs = parseDuration(text);
  if (byMs === undefined || byMs === 0)
    throw new InputError(`${text} is no duration`, { code: 'DRILL_DURATION', next: 'write one such as 90s or 10m' });
  await order('extend', String(byMs));
}

async function order(verb: string, ...operands: readonly string[]): Promise<void> {
  const living = await findLivingDrill(process.cwd());
  if (!living) throw noDrill();
  const answer = await giveOrder(living.directory, verb, [userInfo().username, ...operands]);
  process.stdout.write(`${answer}\n`);
}
