// Every stable error code: what it means and what the user should do next. docs/errors.md is generated from this table.
// A unit test fails if a code of the sources is missing here, or if a code here is in no source.

/** @type {Readonly<Record<string, readonly [meaning: string, next: string]>>} */
export const errorCodes = {
  ALERTS_DISAGREE: [
    'promtool does not confirm what Drillbook computed for a rule. No verdict is given.',
    'Report it with the folder of the run: this is a bug of Drillbook.',
  ],
  ALERTS_NOTHING_TO_COMPARE: ['`alerts compare` has no rules to compare.', 'Name both sets with `--base` and `--new`.'],
  ALERTS_NOTHING_TO_RECORD: [
    '`alerts record` was not told what to record.',
    'Say how long, in sandbox time: `--healthy 6h`.',
  ],
  ALERTS_NO_RULES: ['The runbook has no alert rules.', 'Name a rule file with `--rules`.'],
  ALERTS_NO_RUNS: [
    '`alerts sweep` or `alerts compare` has no recordings.',
    'Name runs with `--runs`: folders below `reports/`.',
  ],
  ALERTS_UNKNOWN: ['A scenario names an alert that no rule has.', 'Correct the name in `alerts` of the scenario.'],
  APT: [
    'Set-up could not install Debian packages.',
    'Read the lines above; `apt-get update` must work on this machine.',
  ],
  BASELINE_INVALID: [
    'The baseline file is not a baseline of recovery times.',
    'Write one: `drillbook baseline <run>`.',
  ],
  BASELINE_NOT_CONFIGURED: [
    'The configuration names no baseline file.',
    'Add `recoveryBaseline` to `drillbook.config.ts`.',
  ],
  BASE_IMAGE: [
    'Set-up could not build the base image.',
    'Read the lines above; `apt-get update` must work on this machine.',
  ],
  CLOCK_UNREADABLE: [
    'Another version of Drillbook has started the sandbox, with another layout of its clock file.',
    'Remove it with `drillbook sandbox down`.',
  ],
  COMPOSE_FAILED: ['A `docker compose` command of Drillbook failed.', 'Read the message of Compose in the error.'],
  COMPOSE_INVALID: ['Compose cannot read the compose file.', 'Correct it until `docker compose config` accepts it.'],
  COMPOSE_OPEN: [
    'The compose file has a way out of the sandbox, such as `privileged` or the socket of the engine.',
    'Leave it out of the file that Drillbook gets.',
  ],
  COMPOSE_SERVICE_MISSING: [
    'The configuration names a service that the compose file does not have.',
    'Correct the name.',
  ],
  CONFIG_COMPOSE_MISSING: ['The compose file of the configuration does not exist.', 'Correct `compose`.'],
  CONFIG_HOST_UNKNOWN: ['A name in `hosts` does not resolve.', 'Correct the name, or add its `address`.'],
  CONFIG_THRESHOLD: [
    'A range in `thresholds` is not readable.',
    'Write it as in the runbook, e.g. `< 1000` or `1-50`.',
  ],
  CONTROL_UNREADABLE: ['A recorded control arm is damaged.', 'Remove the file; the control arm then runs again.'],
  DEADLINE: [
    'Something did not happen in time. The message says what and for how long Drillbook waited.',
    'Check the load of the machine, then run it again.',
  ],
  DOOR_UNKNOWN: [
    'Drillbook needs a port of a service that the configuration does not name.',
    'Add the service and port to `drillbook.config.ts`.',
  ],
  DRILL_DURATION: ['`drill extend` was given no duration.', 'Write one such as `90s` or `10m`.'],
  DRILL_ELSEWHERE: ['The drill belongs to a process that cannot be seen from here.', 'Stop it where it was started.'],
  DRILL_MOMENT: ['`--manual` and `--quiet` both say when the incident comes.', 'Leave one of them out.'],
  DRILL_NONE: ['The history is not that of a drill.', 'Judge the run of a gate with `drillbook judge`.'],
  DRILL_NOT_READY: ['The drill takes no orders yet, or no more.', "Wait until the player's shell is open."],
  DRILL_NOT_RUNNING: ['No drill of this project is being played.', 'Start one with `drillbook drill start`.'],
  DRILL_NO_SCENARIO: ['No scenario can be played by a person.', 'Write one with a fault and a recovery.'],
  DRILL_NO_TERMINAL: [
    'A drill needs a terminal for its player.',
    'Start it in a terminal, or let a robot play with `--bot perfect`.',
  ],
  DRILL_ORDER: ['The drill refuses an order. The message says why.', 'The drill goes on as it was.'],
  DRILL_RECORD: [
    'The history is that of a drill, in which a person did the recovery.',
    'Judge it with `drillbook drill judge`.',
  ],
  DRILL_RUNNING: [
    'A drill of this project is being played.',
    'Wait for its end, or end it with `drillbook drill stop`.',
  ],
  DRILL_SEAL: [
    'The seal of a drill does not fit the plan that was revealed: the record was changed after the drill.',
    'Trust no result of that record.',
  ],
  ENGINE_LOST: ['The Docker engine stopped during the run.', 'Start it. The next run removes what this one could not.'],
  ENGINE_REMOTE: [
    'The Docker engine is on another machine.',
    'Use an engine with a Unix socket; the sandbox mounts local files.',
  ],
  ENGINE_SILENT: ['No Docker engine answers.', 'Start it, or set `DOCKER_HOST`.'],
  ENGINE_START: ['Set-up could not start the Docker engine.', 'Read the log that the message names.'],
  FILES_UNREADABLE: [
    'Drillbook could not find out whether files of the project have changed.',
    'Make all of them readable and stop writing there, or leave `--reuse-controls` out.',
  ],
  FILE_WRITE: ['A file could not be written.', 'Check free space and permissions.'],
  FLAGS_CONTRADICT: ['Two flags contradict each other.', 'Leave out one of the two.'],
  HISTORY_EMPTY: ['The history does not begin with the start of a run.', 'The run died before it began; run it again.'],
  HISTORY_GAP: ['Events are missing in the history.', 'Restore the file, or run it again.'],
  HISTORY_KIND: [
    'The history has a kind of event that this Drillbook does not know.',
    'Judge the run with the Drillbook that recorded it, or a newer one.',
  ],
  HISTORY_LINE: ['A line of the history is not a valid event.', 'Restore the file, or run it again.'],
  HISTORY_READ: ['The history cannot be read.', 'Check the path and the permissions.'],
  HISTORY_VERSION: [
    'The history has a format version that this Drillbook does not read.',
    'Judge the run with the Drillbook that recorded it, or a newer one.',
  ],
  HISTORY_WRITE: [
    'The history cannot be written, for example because the disk is full.',
    'Free disk space, then run it again.',
  ],
  IMAGE_BUILD: ['Set-up could not build an image.', 'Read the lines above, then run the same command again.'],
  INPUT_INVALID: [
    'A key of the configuration or of a scenario is unknown or has a wrong value.',
    'Correct the line in the message.',
  ],
  INPUT_NOT_LOADABLE: [
    'The configuration or a scenario cannot be loaded as a module.',
    'Correct the file; `node <file>` shows the whole error.',
  ],
  INPUT_NO_EXPORT: [
    'The configuration or a scenario has no default export.',
    'Write `export default defineConfig({ … })` or `defineScenario`.',
  ],
  INPUT_UNREADABLE: [
    'The configuration or a scenario cannot be read.',
    'Make sure that the file exists and is readable.',
  ],
  LEFTOVERS: [
    'A series could not remove a sandbox and stopped.',
    'The results are recorded. `drillbook sandbox clean` removes the rest.',
  ],
  METRICS_LINE: ['A line of `metrics.jsonl` is not part of a recording.', 'Record the run again.'],
  METRICS_READ: [
    'The metrics of a run cannot be read.',
    'Name a run folder that holds a `metrics.jsonl`; runs of older versions have none.',
  ],
  MUTANT_STALE: [
    'An entry of `equivalentMutants` fits no mutant of the runbook.',
    'Write it as `drillbook mutate --list` prints it, or remove it.',
  ],
  MUTANT_UNKNOWN: ['`--mutant` names a mutant that does not exist.', '`drillbook mutate --list` prints all of them.'],
  NATIVE_BUILD: [
    'Set-up could not build the sandbox clock or the block tracer.',
    'Read the lines above; the sources are in `native/`.',
  ],
  NODE_TOO_OLD: [
    'Node is older than 24.',
    'Install Node 24, or use `npm run drillbook` in a checkout, which brings its own.',
  ],
  NO_COMPOSE: ['Docker has no working Compose v2 plugin.', 'Install it so that `docker compose version` answers.'],
  NO_ENGINE: ['No Docker engine answers, and set-up may not or cannot install one.', 'Follow the message.'],
  NO_GO: ['No registry has the Toxiproxy image, and Go to build it is missing or failed.', 'Follow the message.'],
  NO_IMAGES: ['No image registry answers, and set-up cannot build the images.', 'Follow the message.'],
  NPM: ['Set-up could not install npm packages.', 'Read the lines above; `npm ping` must work on this machine.'],
  OBSERVE_PORT: ['`drill observe` cannot serve its page at this port.', 'Name another one with `--port`, or none.'],
  OPERATOR_COMPOSE: [
    'Compose cannot read the compose file in the operator, which sees only the files that are shown to it.',
    'Name the files that the compose file needs in `show` of drillbook.config.ts.',
  ],
  PACKAGES_MISSING: [
    '`node_modules` does not match `package-lock.json`, and `DRILLBOOK_NO_INSTALL` is set.',
    'Run `npm ci --ignore-scripts && npm rebuild node`, or unset the variable.',
  ],
  PROMTOOL_FAILED: [
    'promtool did not start, or did not answer as it should.',
    'Read the message; `promtool --version` must work on this machine.',
  ],
  PROXY_NONE: ['A fault needs a Toxiproxy, and the fleet has none.', 'Name it as `services.toxiproxy`.'],
  PROXY_PROTOCOL: [
    'The server behind the proxy answers neither like Redis nor like an HTTP server, so the effect of the fault cannot be measured.',
    'Use `proxy-down`, `proxy-silent`, `proxy-slow` or `proxy-reset`.',
  ],
  PROXY_UNKNOWN: ['The Toxiproxy of the fleet has no proxy of this name.', 'Choose one of the names in the message.'],
  RECORD_INVALID: ['A JSON file (a record, a report, the equivalent mutants) is not readable.', 'Follow the message.'],
  RECORD_OTHER_RUNBOOK: [
    'The runbook has changed since the run that `--resume` names.',
    'Start a new run, without `--resume`.',
  ],
  RECORD_OTHER_SAMPLE: [
    '`--sample` draws other mutants than the run that `--resume` names.',
    'Leave out `--sample` and `--seed`, or use the seed of that run.',
  ],
  REPORT_WRITE: ['A report could not be written.', 'Free disk space, then run `drillbook judge <run>`.'],
  RULES_EMPTY: [
    'The rule file has no alert rule, so nothing would be tested.',
    'Give `--rules` a file with alert rules.',
  ],
  RULES_INVALID: [
    'Prometheus would refuse a rule of the rule file, or silently drop a part of it.',
    'Correct the line in the message.',
  ],
  RULES_UNREADABLE: ['The rule file does not exist, or cannot be read.', 'Point `--rules` at a YAML file with rules.'],
  RUNBOOK_BINARY: ['The runbook is not text.', 'Point `--runbook` at a Markdown file.'],
  RUNBOOK_DIRECTORY: ['The runbook is a folder.', 'Point `--runbook` at a Markdown file.'],
  RUNBOOK_EMPTY: ['The runbook is empty.', 'Write at least one section with a procedure.'],
  RUNBOOK_NOT_FOUND: ['The runbook does not exist.', 'Point `--runbook` at a Markdown file.'],
  RUNBOOK_NO_SECTIONS: [
    'The runbook has no sections.',
    'Put each procedure under a heading such as `## 3.2 Queue paused`.',
  ],
  RUNBOOK_TOO_COMPLEX: ['The runbook takes too long to read, or is nested too deeply.', 'Shorten it.'],
  RUNBOOK_TOO_LARGE: ['The runbook is larger than 1 MiB.', 'Shorten it.'],
  RUNBOOK_UNREADABLE: ['The runbook cannot be read.', 'Check the path and the permissions.'],
  RUN_UNKNOWN: ['There is no run at this path.', 'Name a folder below `reports/`.'],
  SANDBOX_IN_USE: ['A running command owns the sandbox.', 'End that command; it then removes its sandbox.'],
  SANDBOX_UNHEALTHY: [
    'A container of the fleet did not become healthy.',
    'Start the compose file by hand with `docker compose up`, and read the logs.',
  ],
  SANDBOX_UNKNOWN: ['There is no such sandbox, or there are several.', 'Name one of the ids in the message.'],
  SCENARIOS_NONE: [
    'The scenario folder has no `*.scenario.ts` file.',
    'Write one: [first-scenario.md](first-scenario.md).',
  ],
  SCENARIOS_UNREADABLE: ['The scenario folder cannot be read.', 'Correct `scenarios` in `drillbook.config.ts`.'],
  SCENARIO_DUPLICATE: ['Two scenarios have the same id.', 'Give each scenario its own id.'],
  SCENARIO_NO_TOXIPROXY: [
    'The fault of a scenario needs a Toxiproxy, and the configuration names none.',
    'Add one to the compose file and name it as `services.toxiproxy`.',
  ],
  SCENARIO_QUEUE_UNKNOWN: ['A scenario names a queue that the fleet does not have.', 'Use a name from `fleet.queues`.'],
  SCENARIO_SERVICE_UNKNOWN: [
    'A scenario names a service that the configuration does not name.',
    'Use one of the names in the message.',
  ],
  SCENARIO_UNKNOWN: ['`--only` names a scenario that does not exist.', '`drillbook verify --list` prints all of them.'],
  SERVICE_UNKNOWN: [
    'The sandbox has no container of this service.',
    'Check the service names in `drillbook.config.ts`.',
  ],
  SETUP_LOCKED: ['Another set-up is running.', 'Wait for it to end. If it is gone, remove the folder in the message.'],
  SETUP_MISSING: ['Set-up has not run in this folder.', 'Start Drillbook with `npm run drillbook -- <command>`.'],
  SETUP_NO_VARIANT: [
    'There is no image with this version of BullMQ or Redis.',
    'Start Drillbook with `npm run drillbook -- <command>`, which builds it.',
  ],
  SETUP_OUTDATED: [
    'Set-up has built the sandbox clock for another version of Drillbook.',
    'Start Drillbook with `npm run drillbook -- <command>`, which builds it again.',
  ],
  SWEEP_NO_THRESHOLD: [
    'The rule of the sweep is no comparison with a number, so it has no threshold to move.',
    'Choose another rule with `--rule`, or write it as `… > 5000`.',
  ],
  SWEEP_RULE: ['It is not clear which rule to sweep.', 'Name one with `--rule`.'],
  TRANSCRIPT_WRITE: ['A terminal recording could not be written.', 'Check free space and permissions of `reports/`.'],
};
