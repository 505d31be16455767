import type { CommandRan } from '../../../history/events.ts';
import { readsOnly } from '../../../history/reads-only.ts';
import type { ProcedureRecord } from '../../../record/arm-record.ts';
import type { Moment, SeenContainer } from '../../../record/timeline.ts';
import type { Finding } from '../../run-report.ts';
import { containersOf, described, located, type Watch } from './watch.ts';

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
 * to the engine. A process that is ended from within its container shows by the container's new start. A container can
 * also start again by itself, so a procedure is blamed for a new start only if it reached into that service before.
 */
export function interruptionFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const untilT = since.at(-1)?.t ?? before.t;
  const ordered = arm.wall.find((met) => met.outcome === 'obeyed' && met.service === service && met.t <= untilT);
  if (ordered) {
    const [order = ''] = ordered.attempt.split(' ');
    return [{ message: `${described(service, watch)} was ${participles[order] ?? order}`, ...located(arm, ordered) }];
  }
  const [reached] = restarts(service, watch).flatMap(({ t }) => {
    const running = arm.procedures.filter((procedure) => ranAt(procedure, t));
    return running.flatMap((procedure) => reachedInto(service, procedure, t, watch) ?? []);
  });
  return reached ? [{ message: `${described(service, watch)} was restarted`, ...reached }] : [];
}

/** The moments at which a container of the service has a new start. */
function restarts(service: string, { before, since }: Watch): readonly Moment[] {
  const moments = [before, ...since];
  return moments.filter((now, index) => {
    const earlier = containersOf(service, moments[index - 1] ?? now);
    const isStarted = ({ name, startedAt }: SeenContainer): boolean =>
      earlier.some((container) => container.name === name && container.startedAt !== startedAt);
    return containersOf(service, now).some(isStarted);
  });
}

/** Whether the procedure ran at this moment or shortly before. */
function ranAt({ started, ended }: ProcedureRecord, t: number): boolean {
  return started.t <= t && (!ended || ended.t >= t - newsMs);
}

/** Where the procedure had by then run something in the service, or asked it something, that may have ended it. */
function reachedInto(
  service: string,
  { started, ended, commands }: ProcedureRecord,
  t: number,
  { arm }: Watch,
): Pick<Finding, 'location'> | undefined {
  const entered = arm.wall.findLast(
    (met) =>
      met.outcome === 'entered' && met.service === service && met.t >= started.t && met.t <= t && mayEnd(met.command),
  );
  if (entered) return located(arm, entered);
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const asked = commands.findLast((command) => zero + command.startedMs <= t && mayReach(service, command));
  return asked && { location: asked.location };
}

/** A command that was recorded only in part may do anything. */
function mayEnd(command: readonly string[] = []): boolean {
  return command.includes('…') || !readsOnly(command);
}

/** Programs that reach a service without an order to the engine. */
const reaches = /\b(?:exec|redis-cli|curl|wget|nc|socat|node|npx)\b/;

function mayReach(service: string, { text, reads }: CommandRan): boolean {
  return reads === undefined && reaches.test(text) && text.split(/[^\w.-]+/).includes(service);
}
