/** The public entry for configurations and scenarios. `report.ts` is the entry for readers of reports. */
export { defineConfig, type Config, type ConfigInput } from './config/define-config.ts';
export { defineScenario, type ScenarioInput } from './scenario/define-scenario.ts';
export type { Duration } from './kernel/duration.ts';
