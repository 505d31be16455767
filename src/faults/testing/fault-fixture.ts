import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';

import { startSmallSandbox } from '../../../test/support/start-small-sandbox.ts';
import { connectFleet, faultTarget, startLoad, type Fleet } from '../../arm/fleet-session.ts';
import { resetFleet } from '../../arm/reset-fleet.ts';
import { pollUntil } from '../../kernel/poll-until.ts';
import type { ContainerFacts, Sandbox } from '../../sandbox/sandbox.ts';
import type { FaultSpec } from '../../scenario/define-scenario.ts';
import type { Load } from '../../workload/generate-load.ts';
import type { InjectedFault } from '../fault.ts';
import { injectFault } from '../faults.ts';

/** The worker container of the fleet that the faults break. */
export const service = 'worker-enrichment';

/** One sandbox with a load on it, and the eyes of someone other than the fault. */
export interface FaultFixture extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly fleet: Fleet;
  readonly load: Load;
  /** How the worker container was right after the start. */
  readonly pristine: ContainerFacts;
  /** The state of the worker container. */
  readonly state: () => Promise<ContainerFacts>;
  readonly expectHealthy: () => Promise<void>;
  readonly inject: (spec: FaultSpec, signal?: AbortSignal) => Promise<InjectedFault>;
  readonly reset: () => Promise<readonly string[]>;
  /** Waits until Redis takes jobs of the load again. Its client may still be connecting after a restart of Redis. */
  readonly expectLoad: () => Promise<void>;
  /** Runs JavaScript in the api's container and returns what it printed. */
  readonly runInApi: (script: string) => Promise<string>;
  /** Jobs in a list or a sorted set of a queue. */
  readonly count: (queue: string, state: 'wait' | 'active' | 'delayed' | 'failed') => Promise<number>;
}

export async function startFaultFixture(): Promise<FaultFixture> {
  const small = await startSmallSandbox(5, await enrichmentFleet());
  const { sandbox, config } = small;
  const fleet = await connectFleet(sandbox, config);
  const load = await startLoad(fleet, 1, () => undefined);
  const state = async (): Promise<ContainerFacts> => {
    const found = await sandbox.find(service);
    if (!found) throw new Error(`no container of ${service}`);
    return found;
  };
  return {
    sandbox,
    fleet,
    load,
    pristine: await state(),
    state,
    async expectHealthy() {
      const isHealthy = async (): Promise<boolean> => (await state()).health === 'healthy';
      await pollUntil(isHealthy, { what: `the health of ${service}`, withinMs: 60_000, everyMs: 100 });
    },
    inject: (spec, signal = AbortSignal.timeout(90_000)) =>
      injectFault(spec, faultTarget(fleet, load, queuesOf(spec)), signal),
    reset: () => resetFleet(fleet, AbortSignal.timeout(60_000)),
    async expectLoad() {
      const before = load.counts.acknowledged;
      const isTaken = (): boolean => load.counts.acknowledged > before;
      await pollUntil(isTaken, { what: 'a job of the load in Redis', withinMs: 30_000, everyMs: 50 });
    },
    runInApi: async (script) => (await sandbox.exec('api', ['node', '-e', script])).trim(),
    count: (queue, list) => {
      const key = `bull:${queue}:${list}`;
      return list === 'wait' || list === 'active' ? fleet.redis.llen(key) : fleet.redis.zcard(key);
    },
    async [Symbol.asyncDispose]() {
      await load.stop();
      fleet.redis.disconnect();
      await small[Symbol.asyncDispose]();
    },
  };
}

function queuesOf(spec: FaultSpec): readonly string[] {
  const selector = 'jobs' in spec ? spec.jobs.queues : 'queues' in spec ? spec.queues : undefined;
  return typeof selector === 'object' && 'names' in selector ? selector.names : [];
}

/** The small fleet with the enrichment workers, which call APIs, and with a Toxiproxy between them and all the rest. */
export async function enrichmentFleet(): Promise<Readonly<Record<string, string>>> {
  const fixtures = path.resolve(import.meta.dirname, '../../../fixtures');
  const read = (name: string): Promise<string> => readFile(path.join(fixtures, name), 'utf8');
  const renamed = async (name: string): Promise<string> =>
    (await read(`small-fleet/${name}`)).replaceAll('worker-nurturing', service);
  const compose = replaceEach(await renamed('compose.yml'), [
    ['SERVICE: worker-enrichment\n      REDIS_HOST: redis', 'SERVICE: worker-enrichment\n      REDIS_HOST: toxiproxy'],
    ['external-apis:9000/anaf', 'toxiproxy:9001/anaf'],
    ['external-apis:9000/email', 'toxiproxy:9004/email'],
    ['\nvolumes:', `${toxiproxy}\nvolumes:`],
  ]);
  const config = replaceEach(await renamed('drillbook.config.ts'), [
    ["effects: 'external-apis',", "effects: 'external-apis', toxiproxy: 'toxiproxy',"],
    ["compose: 'compose.yml',", "compose: 'compose.yml', realTimeServices: ['toxiproxy'],"],
  ]);
  return { 'compose.yml': compose, 'drillbook.config.ts': config, 'toxiproxy.json': await read('toxiproxy.json') };
}

const toxiproxy = `
  toxiproxy:
    image: \${DRILLBOOK_TOXIPROXY_IMAGE:-ghcr.io/shopify/toxiproxy:2.12.0}
    command: ['-host=\${DRILLBOOK_TOXIPROXY_HOST:-0.0.0.0}', -config=/config/toxiproxy.json]
    stop_grace_period: 2s
    volumes: ['./toxiproxy.json:/config/toxiproxy.json:ro']
`;

function replaceEach(text: string, edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((edited, [from, to]) => {
    expect(edited).toContain(from);
    return edited.replace(from, () => to);
  }, text);
}
