import path from 'node:path';

import { parseConfig, type Config } from '../scenario/define-config.ts';
import { loadModule } from '../scenario/load-module.ts';
import { loadScenarios, type LoadedScenario } from '../scenario/load-scenarios.ts';

export interface Project {
  readonly directory: string;
  readonly configFile: string;
  readonly config: Config;
  readonly scenarios: readonly LoadedScenario[];
}

/** Reads and validates the configuration and every scenario; nothing is started. */
export async function loadProject(directory: string): Promise<Project> {
  const configFile = path.join(directory, 'drillbook.config.ts');
  const config = await loadModule(configFile, 'configuration', parseConfig);
  const scenarios = await loadScenarios(path.resolve(directory, config.scenarios));
  return { directory, configFile, config, scenarios };
}
