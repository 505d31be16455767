import type { ClaimNames } from '../claims/claim.ts';
import { bindClaim, type ClaimSpec } from '../claims/claims.ts';
import type { QueueSelector } from '../claims/queue-selector.ts';
import type { Config } from '../config/define-config.ts';
import type { Claim, ScenarioPlan } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { LoadedScenario } from './load-scenarios.ts';

/** Where a value stands in the scenario, e.g. `['health', 'queues']`. */
export type Path = readonly PropertyKey[];

type Unbound = ScenarioPlan['unbound'][number];

/**
 * Resolves the names in one scenario against a fleet and a runbook.
 *
 * - A name that the fleet lacks is an InputError at its line in the scenario file.
 * - A name that the runbook lacks is collected in `unbound`.
 */
export class ScenarioNames {
  readonly #scenario: LoadedScenario;
  readonly #runbook: Runbook;
  readonly #config: Config;
  readonly #unbound: Unbound[] = [];

  constructor(scenario: LoadedScenario, runbook: Runbook, config: Config) {
    this.#scenario = scenario;
    this.#runbook = runbook;
    this.#config = config;
  }

  /** What the scenario names and the runbook lacks, each selector once. */
  get unbound(): readonly Unbound[] {
    return this.#unbound;
  }

  /** Whether this service is Redis. */
  isRedis(service: string): boolean {
    return service === this.#config.services.redis;
  }

  noteUnbound(missing: Unbound): void {
    if (!this.#unbound.some(({ selector }) => selector === missing.selector)) this.#unbound.push(missing);
  }

  /** @throws InputError `SCENARIO_QUEUE_UNKNOWN` or `SCENARIO_SERVICE_UNKNOWN` */
  queues(selector: QueueSelector, path: Path): readonly string[] {
    const all = this.#config.fleet.queues;
    if (selector === 'all') return all.map(({ name }) => name);
    if ('service' in selector) {
      const known = this.service(selector.service, [...path, 'service']);
      return all.filter(({ service }) => service === known).map(({ name }) => name);
    }
    const unknown = selector.names.findIndex((name) => !all.some((queue) => queue.name === name));
    if (unknown === -1) return selector.names;
    const at = [...path, 'names', unknown];
    throw new InputError(`${at.join('.')}: the fleet has no queue ${selector.names[unknown]}`, {
      code: 'SCENARIO_QUEUE_UNKNOWN',
      location: this.#scenario.locate(at),
      next: 'use a name from fleet.queues of the configuration',
    });
  }

  /** @throws InputError `SCENARIO_SERVICE_UNKNOWN` */
  service(name: string, path: Path): string {
    const { redis, api, workers } = this.#config.services;
    const known = [redis, api, ...workers];
    if (known.includes(name)) return name;
    throw new InputError(`${path.join('.')}: expected one of ${known.join(', ')}, got ${name}`, {
      code: 'SCENARIO_SERVICE_UNKNOWN',
      location: this.#scenario.locate(path),
      next: 'use a service that the configuration names',
    });
  }

  /** @throws InputError `SCENARIO_NO_TOXIPROXY` */
  needToxiproxy(kind: string, path: Path): void {
    if (this.#config.services.toxiproxy !== undefined) return;
    throw new InputError(`${path.join('.')}: the configuration names no Toxiproxy, which ${kind} needs`, {
      code: 'SCENARIO_NO_TOXIPROXY',
      location: this.#scenario.locate(path),
      next: 'put a Toxiproxy into the compose file and name it as services.toxiproxy',
    });
  }

  /** The claims that the runbook has everything for. */
  claims(specs: readonly ClaimSpec[], path: Path): readonly Claim[] {
    return specs.flatMap((spec, index) => {
      const bound = bindClaim(spec, this.#claimNames([...path, index]));
      if ('claim' in bound) return [bound];
      this.noteUnbound(bound);
      return [];
    });
  }

  #claimNames(path: Path): ClaimNames {
    return {
      queues: (selector) => this.queues(selector, [...path, 'queues']),
      service: (name) => this.service(name, [...path, 'service']),
      threshold: (metric) => {
        const { thresholds, notUnderstood, file } = this.#runbook;
        const { message, location } = notUnderstood.find((note) => note.threshold === metric) ?? {
          message: 'the runbook has no alert threshold for it',
          location: { file, line: 1 },
        };
        const missing = { selector: `the metric ${metric}`, message, location };
        return thresholds.find((row) => row.metric === metric) ?? missing;
      },
    };
  }
}
