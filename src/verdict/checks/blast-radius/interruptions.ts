import type { ArmRecord } from '../../../record/arm-record.ts';
import type { Moment, SeenContainer } from '../../../record/timeline.ts';
import type { Finding } from '../../run-report.ts';
import { described, located, type Watch } from './watch.ts';

/** News of a container comes this late at most: with the engine's event or the next look at all containers. Real ms. */
const newsMs = 1000;

const participles: Readonly<Record<string, string>> = {
  stop: 'stopped',
  restart: 'restarted',
  kill: 'killed',
  pause: 'frozen',
  remove: 'removed',
};

/**
 * An interruption interrupts jobs, however soon the service is up again. The wall records each order that it passed on
 * to the engine. A process that is ended from within its container shows by the container's new start.
 */
export function interruptionFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const untilT = since.at(-1)?.t ?? before.t;
  const ordered = arm.wall.find((met) => met.outcome === 'obeyed' && met.service === service && met.t <= untilT);
  if (ordered) {
    const [order = ''] = ordered.attempt.split(' ');
    return [{ message: `${described(service, watch)} was ${participles[order] ?? order}`, ...located(arm, ordered) }];
  }
  const started = restartedAt(service, watch);
  return started ? [{ message: `${described(service, watch)} was restarted`, ...located(arm, started) }] : [];
}

/** The first moment at which a container has a new start, shortly after a procedure ran. */
function restartedAt(service: string, { before, since, arm }: Watch): Moment | undefined {
  const moments = [before, ...since];
  return moments.find((now, index) => {
    const earlier = of(service, moments[index - 1] ?? now);
    const isStarted = ({ name, startedAt }: SeenContainer): boolean =>
      earlier.some((container) => container.name === name && container.startedAt !== startedAt);
    return of(service, now).some(isStarted) && ranWithin(arm, now.t - newsMs, now.t);
  });
}

function ranWithin({ procedures }: ArmRecord, fromT: number, untilT: number): boolean {
  return procedures.some(({ started, ended }) => started.t <= untilT && (!ended || ended.t >= fromT));
}

function of(service: string, { containers }: Moment): readonly SeenContainer[] {
  return containers.filter((container) => container.service === service);
}
