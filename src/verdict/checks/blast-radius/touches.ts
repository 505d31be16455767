import type { Touches } from '../../../history/events.ts';
import { count, seconds } from '../../../kernel/words.ts';
import type { Moment } from '../../../record/timeline.ts';
import type { Finding } from '../../run-report.ts';
import { interruptionFinding } from './interruptions.ts';
import {
  completedLeft,
  downSince,
  interruptedTogether,
  failedLeft,
  isPaused,
  longestSpell,
  pausedAt,
  type Spell,
} from './observe.ts';
import { serverCommandsOf } from './server-commands.ts';
import { described, located, running, type Watch } from './watch.ts';

/** What procedures touched at some moment, although the scenario does not allow it. The end may show nothing of it. */
export function touchFindings(touches: Touches, queues: readonly string[], watch: Watch): readonly Finding[] {
  const others = queues.filter((name) => !touches.queues.includes(name));
  return [
    ...pauseFindings(touches, others, watch),
    ...failedFindings(others, watch),
    ...completedFindings(others, watch, true),
    ...downFindings(touches, watch),
    ...lengthFindings(touches, watch),
    ...serverFindings(touches, watch),
  ];
}

/** What procedures may have touched, although the scenario does not allow it. */
export function touchDoubts(touches: Touches, queues: readonly string[], watch: Watch): readonly Finding[] {
  const others = queues.filter((name) => !touches.queues.includes(name));
  const doubts = completedFindings(others, watch, false).map((finding) => ({
    ...finding,
    message: `${finding.message}, or jobs expire: some also left after it`,
  }));
  return [...doubts, ...uncountedFindings(watch)];
}

/** What the procedures touched at some moment, as a scenario may state it. */
export function observeTouches(queues: readonly string[], watch: Watch): Touches {
  const all = [...new Set(watch.before.containers.map(({ service }) => service))];
  const services = all.filter((service) => interruptionFinding(service, watch).length > 0);
  const together = [...downSince(services, watch), ...interruptedTogether(services, watch)];
  const atOnce = Math.max(0, ...together.map(({ down }) => down.length));
  return {
    services,
    ...(atOnce > 0 ? { servicesAtOnce: atOnce } : {}),
    queues: queues.filter((name) => pausedAt(name, watch) ?? failedLeft(name, watch) ?? completedLeft(name, watch)),
    redis: [...new Set(watch.arm.procedures.flatMap((procedure) => serverCommandsOf(procedure, watch).given))],
  };
}

/** What is left paused is another finding. */
function pauseFindings({ queues: allowed }: Touches, others: readonly string[], watch: Watch): readonly Finding[] {
  const begun = others.flatMap((name) => {
    const at = isPaused(name, watch.since.at(-1) ?? watch.before) ? undefined : pausedAt(name, watch);
    return at ? [{ name, at }] : [];
  });
  return [...Map.groupBy(begun, ({ at }) => at)].map(([at, found]) => {
    const names = found.map(({ name }) => name);
    const what =
      names.length === 1
        ? `the queue ${described(names[0] ?? '', watch)} was paused`
        : `${count(names.length, 'queue')} were paused (${someOf(names)})`;
    const limit = allowed.length === 0 ? 'no queue' : `${someOf(allowed)} only`;
    return { message: `${what}; the scenario allows it for ${limit}`, ...located(watch.arm, at) };
  });
}

function failedFindings(others: readonly string[], watch: Watch): readonly Finding[] {
  return others.flatMap((name) => {
    const left = failedLeft(name, watch);
    if (!left) return [];
    const message = `a procedure retried or removed ${count(left.jobs, 'failed job')} of the queue ${described(name, watch)}`;
    return [{ message, ...located(watch.arm, left.at) }];
  });
}

/** One clean-up often goes through many queues, so one finding has them all. */
function completedFindings(others: readonly string[], watch: Watch, isSure: boolean): readonly Finding[] {
  const found = others.flatMap((name) => {
    const left = completedLeft(name, watch);
    return left?.isSure === isSure ? [{ name, ...left }] : [];
  });
  const [first] = found.toSorted((one, other) => one.at.t - other.at.t);
  if (!first) return [];
  const jobs = found.reduce((sum, one) => sum + one.jobs, 0);
  const names = found.map(({ name }) => name);
  const whose = names.length === 1 ? `the queue ${described(first.name, watch)}` : someOf(names);
  const message = `a procedure retried or removed ${count(jobs, 'completed job')} of ${whose}`;
  return [{ message, ...located(watch.arm, first.at) }];
}

function downFindings({ services, servicesAtOnce = Infinity }: Touches, watch: Watch): readonly Finding[] {
  const found =
    downSince(services, watch).find(({ down }) => down.length > servicesAtOnce) ??
    interruptedTogether(services, watch).find(({ down }) => down.length > servicesAtOnce);
  if (!found) return [];
  const message = `${found.down.join(', ')} were down at the same time; the scenario allows ${servicesAtOnce} at once`;
  return [{ message, ...located(watch.arm, found.at) }];
}

/** What may be touched, but not for so long. */
function lengthFindings(touches: Touches, watch: Watch): readonly Finding[] {
  const { services, servicesForMs = Infinity, queues, queuesForMs = Infinity } = touches;
  const isDown = (service: string) => (moment: Moment) => running(service, moment) === 0;
  const isHeld = (queue: string) => (moment: Moment) => isPaused(queue, moment);
  return [
    ...services.flatMap((name) => tooLong(`${name} was down`, longestSpell(isDown(name), watch), servicesForMs, watch)),
    ...queues.flatMap((name) =>
      tooLong(`the queue ${name} was paused`, longestSpell(isHeld(name), watch), queuesForMs, watch),
    ),
  ];
}

function tooLong(what: string, spell: Spell | undefined, allowedMs: number, { arm }: Watch): readonly Finding[] {
  if (!spell || spell.ms <= allowedMs) return [];
  const message = `${what} for ${seconds(spell.ms)}; the scenario allows ${seconds(allowedMs)}`;
  return [{ message, ...located(arm, spell.at) }];
}

/** Commands are counted for each block, so the finding names the block. */
function serverFindings({ redis: allowed }: Touches, watch: Watch): readonly Finding[] {
  return watch.arm.procedures.flatMap((procedure) => {
    const { address, location } = procedure.started;
    const given = new Set(serverCommandsOf(procedure, watch).given.filter((name) => !allowed.includes(name)));
    return [...given].map((name) => {
      const command = name.replace('|', ' ').toUpperCase();
      return { message: `${address} gave Redis the command ${command}, which the scenario does not allow`, location };
    });
  });
}

/** Blocks that may have given Redis commands which nothing counted. */
function uncountedFindings(watch: Watch): readonly Finding[] {
  return watch.arm.procedures.flatMap((procedure) => {
    const { address, location } = procedure.started;
    const { unknown } = serverCommandsOf(procedure, watch);
    return unknown === undefined ? [] : [{ message: `what ${address} told Redis is not known: ${unknown}`, location }];
  });
}

/** The first names, and how many more there are. */
function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
