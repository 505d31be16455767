import { existsSync } from 'node:fs';
import path from 'node:path';

import { configName, parseConfig, type Config } from '../config/define-config.ts';
import { loadLocatedModule } from '../config/load-module.ts';
import { readRecoveryBaseline, type RecoveryBaseline } from '../config/recovery-baseline.ts';
import { InputError } from '../kernel/errors.ts';
import { loadScenarios, type LoadedScenario } from './load-scenarios.ts';

export interface Project {
  readonly directory: string;
  readonly configFile: string;
  readonly config: Config;
  readonly scenarios: readonly LoadedScenario[];
  /** Undefined if no recovery was measured yet. */
  readonly baseline: RecoveryBaseline | undefined;
}

/**
 * Reads and checks the configuration and every scenario. It starts nothing.
 * @throws InputError for the first mistake, with its file and line
 */
export async function loadProject(directory: string): Promise<Project> {
  const configFile = path.join(directory, configName);
  const { value: config, locate } = await loadLocatedModule(configFile, 'configuration', parseConfig);
  const compose = path.resolve(directory, config.compose);
  if (!existsSync(compose)) {
    throw new InputError(`compose: there is no file ${compose}`, {
      code: 'CONFIG_COMPOSE_MISSING',
      location: locate(['compose']),
      next: 'name the compose file of the fleet',
    });
  }
  const scenarios = await loadScenarios(path.resolve(directory, config.scenarios));
  const measured = config.recoveryBaseline && path.resolve(directory, config.recoveryBaseline);
  const baseline = measured && existsSync(measured) ? await readRecoveryBaseline(measured) : undefined;
  return { directory, configFile, config, scenarios, baseline };
}
