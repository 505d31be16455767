import type { ContainerMember } from '../boundary.ts';
import type { Call, Order, Route } from '../route.ts';

/**
 * An order that changes how a container runs. An order to a service with which Drillbook measures is not carried out,
 * but answered as if it was: production has no such service, so a procedure for the whole fleet does not mean it.
 */
export function order(action: Order | 'start' | 'unpause', query: readonly string[] = []): Route {
  return {
    method: 'POST',
    path: `containers/:container/${action}`,
    query,
    async act(call) {
      const member = await memberOf(call);
      if (call.boundary.options.harnessServices.includes(member.service)) {
        call.reportSpared(`${action} ${member.service}`);
        return { kind: 'value', status: 204 };
      }
      const grace = query.includes('t') ? await graceOf(member, call) : {};
      if (action !== 'start' && action !== 'unpause') await interrupt(member, action, call);
      return {
        kind: 'pass',
        upstream: { method: 'POST', target: call.target(['containers', member.id, action], grace) },
        called: { id: member.id, as: call.named['container'] ?? '' },
        ...(startsAgain.has(action) && !member.singleRun
          ? { onAnswer: () => call.reportFinished(member.service, action) }
          : {}),
      };
    },
  };
}

/** Orders after which the service works again. */
const startsAgain: ReadonlySet<string> = new Set(['start', 'restart', 'unpause']);

/** Signals that do not ask a process to end: many read their settings again, for example. */
const harmless = /^(?:SIG)?(?:HUP|USR1|USR2|WINCH|CONT)$/i;

/** Reports an order that interrupts a service. The container of a single run belongs to the procedure itself. */
export async function interrupt(
  { service, singleRun }: ContainerMember,
  action: Order,
  { request, reportObeyed }: Call,
): Promise<void> {
  if (singleRun || (action === 'kill' && harmless.test(request.query.get('signal') ?? ''))) return;
  await reportObeyed(service, action);
}

/** How long the engine lets a container take to end if neither the order nor the container says so, seconds. */
const engineGrace = 10;

/**
 * How long a container may take to end before the engine kills it. The process counts on the sandbox's clock, and the
 * engine on the host's, in whole seconds. Rounded up, because an early kill would look like a finding.
 */
async function graceOf(
  { id, service }: ContainerMember,
  { request, engine, toRealSeconds }: Call,
): Promise<Readonly<Record<string, string>>> {
  if (toRealSeconds(service, engineGrace) === engineGrace) return {};
  const asked = request.query.get('t');
  const seconds = asked === undefined ? await ownGrace(id, engine) : Number(asked);
  // 0 means at once and -1 means no limit. The engine refuses a text that is not a number.
  return seconds > 0 ? { t: String(Math.ceil(toRealSeconds(service, seconds))) } : {};
}

async function ownGrace(id: string, engine: Call['engine']): Promise<number> {
  const { Config } = (await engine.json({ method: 'GET', target: `/containers/${id}/json` })) as {
    readonly Config?: { readonly StopTimeout?: number };
  };
  return Config?.StopTimeout ?? engineGrace;
}

/** The container that the path names. @throws Refusal if the sandbox has no such container */
export function memberOf({ boundary, named }: Call): Promise<ContainerMember> {
  return boundary.container(named['container'] ?? '');
}
