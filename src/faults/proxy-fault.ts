import { DrillbookError } from '../kernel/errors.ts';
import { askThroughProxy, ping, questionFor, type Answer } from './ask-through-proxy.ts';
import type { FaultTarget, InjectedFault } from './fault.ts';
import { prove } from './prove.ts';

type Toxiproxy = NonNullable<FaultTarget['toxiproxy']>;

/** The parts of the target that every proxy fault needs. */
export type ProxyNeeds = 'sandbox' | 'toxiproxy' | 'services';

/** How a proxy is broken, and what a client sees then. */
export interface ProxyFault {
  readonly proxy: string;
  readonly break: (toxiproxy: Toxiproxy) => Promise<void>;
  readonly mend: (toxiproxy: Toxiproxy) => Promise<void>;
  /** How long the client waits for its answer, sandbox ms. */
  readonly patienceMs: number;
  /** Bytes of answer that the client asks for. It then asks for as many before the fault too, for comparison. */
  readonly answerBytes?: number;
  /**
   * The evidence, if the answer shows the fault's effect.
   * @param before the answer to the same question before the fault, if `answerBytes` is given
   */
  readonly evidence: (answer: Answer, before: Answer | undefined) => string | undefined;
}

/** A busy machine delays single answers. */
const tries = 3;

/** The answer that took the least time, of a few. An answer that did not arrive whole counts only if none did. */
async function fastest(ask: () => Promise<Answer>): Promise<Answer> {
  let best = await ask();
  for (let asked = 1; asked < tries; asked += 1) {
    const answer = await ask();
    if (answer.end === 'answered' && (best.end !== 'answered' || answer.ms < best.ms)) best = answer;
  }
  return best;
}

/** Breaks a proxy and looks at it as a client does, from inside a container of the fleet. */
export async function injectProxyFault(
  fault: ProxyFault,
  target: Pick<FaultTarget, ProxyNeeds>,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const { sandbox, toxiproxy, services } = target;
  if (!toxiproxy || services.toxiproxy === undefined)
    throw new DrillbookError('the fleet has no Toxiproxy', {
      code: 'PROXY_NONE',
      next: 'name it as services.toxiproxy',
    });
  const address = { host: services.toxiproxy, port: await toxiproxy.portOf(fault.proxy) };
  const ask = (question: typeof ping): Promise<Answer> =>
    askThroughProxy(sandbox, services.client, address, question, fault.patienceMs);
  const question = fault.answerBytes === undefined ? ping : questionFor(await ask(ping), fault.answerBytes);
  const before = fault.answerBytes === undefined ? undefined : await fastest(() => ask(question));
  const heal = (): Promise<void> => fault.mend(toxiproxy);
  try {
    await fault.break(toxiproxy);
  } catch (error) {
    await heal();
    throw error;
  }
  return prove(
    `the effect on a client of ${fault.proxy}`,
    async () => {
      const evidence = fault.evidence(await ask(question), before);
      return evidence && `${services.client} ${evidence} at ${address.host}:${address.port} (${fault.proxy})`;
    },
    heal,
    signal,
    30_000,
  );
}
