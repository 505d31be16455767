/** The public surface of the package: what a configuration and a scenario are written with. */
export { defineConfig, type Config, type ConfigInput } from './config/define-config.ts';
export { defineScenario, type ScenarioInput } from './scenario/define-scenario.ts';
export type { Duration } from './kernel/duration.ts';
