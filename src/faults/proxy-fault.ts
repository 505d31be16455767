import { DrillbookError } from '../kernel/errors.ts';
import { prove } from './prove.ts';
import type { FaultTarget, InjectedFault } from './fault.ts';

/** What a client met that connected through a proxy and asked for an answer. Sandbox ms. */
export interface Met {
  /** `answered`, `silence`, `closed` or the code of an error such as ECONNREFUSED. */
  readonly end: string;
  readonly ms: number;
}

/** How a proxy is broken, and what a client then meets. */
export interface ProxyFault {
  readonly proxy: string;
  readonly break: (toxiproxy: NonNullable<FaultTarget['toxiproxy']>) => Promise<void>;
  readonly mend: (toxiproxy: NonNullable<FaultTarget['toxiproxy']>) => Promise<void>;
  /** The evidence, where what the client met is the fault's doing. */
  readonly evidence: (met: Met) => string | undefined;
  /** How long the client waits for an answer, sandbox ms. */
  readonly patienceMs: number;
}

/** Breaks a proxy and looks at it as a client does, from within a container of the fleet. */
export async function injectProxyFault(
  fault: ProxyFault,
  target: FaultTarget,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const { toxiproxy, services } = target;
  if (!toxiproxy || services.toxiproxy === undefined)
    throw new DrillbookError('the fleet has no Toxiproxy', {
      code: 'PROXY_NONE',
      next: 'name it as services.toxiproxy',
    });
  const address = { host: services.toxiproxy, port: await toxiproxy.portOf(fault.proxy) };
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
      const met = await connectFrom(target, address, fault.patienceMs);
      const evidence = fault.evidence(met);
      return evidence && `${services.client} ${evidence} at ${address.host}:${address.port} (${fault.proxy})`;
    },
    heal,
    signal,
    30_000,
  );
}

/** Both Redis and an HTTP server answer this at once, each in its own way. */
const question = 'PING\\r\\n\\r\\n';

async function connectFrom(
  { sandbox, services }: FaultTarget,
  { host, port }: { readonly host: string; readonly port: number },
  patienceMs: number,
): Promise<Met> {
  const script = `
    const began = performance.now();
    const tell = (end) => { console.log(JSON.stringify({ end, ms: Math.round(performance.now() - began) })); process.exit(0); };
    const socket = require("node:net").connect(${port}, "${host}", () => socket.write("${question}"));
    socket.once("data", () => tell("answered"));
    socket.once("error", (error) => tell(error.code));
    socket.once("close", () => tell("closed"));
    setTimeout(() => tell("silence"), ${patienceMs});`;
  return JSON.parse(await sandbox.exec(services.client, ['node', '-e', script])) as Met;
}
