/** The public entry of the package: everything that a configuration or a scenario imports. `report.ts` is the second one. */
export { defineConfig, type Config, type ConfigInput } from './config/define-config.ts';
export { defineScenario, type ScenarioInput } from './scenario/define-scenario.ts';
export type { Duration } from './kernel/duration.ts';
