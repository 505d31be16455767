import type { Finding } from '../../run-report.ts';
import { interruptionFinding } from './interruptions.ts';
import {
  containersOf,
  described,
  differences,
  isJudgedByRecovered,
  isUp,
  lastBegun,
  limitOf,
  located,
  running,
  type Watch,
} from './watch.ts';

/** Services that were interrupted, or are left down, scaled up, restarting or with other settings. */
export function serviceFindings(watch: Watch): readonly Finding[] {
  const services = [...new Set(watch.before.containers.map(({ service }) => service))];
  return services.flatMap((service) => {
    const down = downFinding(service, watch);
    const mayBeInterrupted = watch.mayInterrupt.includes(service);
    return [
      ...down,
      ...scaledFinding(service, watch),
      ...setUpFindings(service, watch),
      ...restartFinding(service, watch),
      // A service that is left down was interrupted as well; one finding is enough.
      ...(down.length > 0 || mayBeInterrupted ? [] : interruptionFinding(service, watch)),
    ];
  });
}

function downFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const begun = lastBegun((moment) => running(service, moment) < running(service, before), watch);
  if (!begun || isJudgedByRecovered(service, begun, watch)) return [];
  const end = since.at(-1);
  const down = end && containersOf(service, end).find((container) => !isUp(container));
  const state = down ? `left ${down.state.toLowerCase() === 'running' ? down.health : down.state}` : 'gone';
  return [{ message: `${described(service, watch)} is ${state}`, ...located(arm, begun) }];
}

/** More containers take more jobs at once than the fleet, and the APIs that it calls, are made for. */
function scaledFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const had = containersOf(service, before).length;
  const begun = lastBegun((moment) => running(service, moment) > had, watch);
  const has = running(service, since.at(-1) ?? before);
  const message = `${described(service, watch)} is left with ${has} containers; it had ${had}`;
  return begun ? [{ message, ...located(arm, begun) }] : [];
}

/** Resources of which more than before can be a cure, if an affected service gets them. */
const amounts: ReadonlySet<string> = new Set([
  'memory limit',
  'limit of memory and swap',
  'reservation of memory',
  'limit of processes',
  'limit of CPUs (1e-9)',
]);
/** The record holds digests of these, which say nothing to a person. */
const digests: ReadonlySet<string> = new Set(['environment', 'command']);

/**
 * A setting that already differed before the first procedure ran was changed by the fault, so the procedure is not
 * blamed for it. The same holds if no procedure ran.
 */
function setUpFindings(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const end = since.at(-1) ?? before;
  const firstT = arm.procedures[0]?.started.t ?? Infinity;
  const broken = since.findLast(({ t }) => t <= firstT) ?? before;
  const [made, faulty] = [containersOf(service, before)[0]?.setUp, containersOf(service, broken)[0]?.setUp];
  if (!made) return [];
  const found = containersOf(service, end).flatMap(({ setUp }) => (setUp ? differences(made, setUp) : []));
  const mayGetMore = watch.mayInterrupt.includes(service);
  return [...new Map(found.map((difference) => [difference.name, difference])).values()]
    .filter(({ name, now }) => faulty?.[name] !== now)
    .filter(({ name, was, now }) => !(mayGetMore && amounts.has(name) && limitOf(now) > limitOf(was)))
    .map(({ name, was = 'none', now = 'none' }) => {
      const values = digests.has(name) ? '' : `: ${now}; it was ${was}`;
      const message = `${described(service, watch)} is left with a different ${name}${values}`;
      const begun = lastBegun(
        (moment) => containersOf(service, moment).some(({ setUp }) => setUp?.[name] === now),
        watch,
      );
      return { message, ...(begun ? located(arm, begun) : {}) };
    });
}

/** A container that the engine restarted while health should have lasted will be restarted again. */
function restartFinding(service: string, watch: Watch): readonly Finding[] {
  const { since, restartsCountFromS } = watch;
  const [from, end] = [since.findLast(({ s }) => s <= restartsCountFromS), since.at(-1)];
  if (!from || !end || watch.affected.includes(service)) return [];
  const restarted = containersOf(service, end).some(({ name, restarts }) =>
    containersOf(service, from).some((earlier) => earlier.name === name && earlier.restarts < restarts),
  );
  return restarted ? [{ message: `${described(service, watch)} keeps restarting` }] : [];
}
