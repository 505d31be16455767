/** The one-way flow: each folder may import exactly these folders, all of which stand before it in this list. */
const flow = {
  kernel: [],
  history: ['kernel'],
  runbook: ['kernel', 'history'],
  record: ['kernel', 'history'],
  claims: ['history', 'record'],
  config: ['kernel', 'history', 'runbook'],
  scenario: ['kernel', 'history', 'runbook', 'claims', 'config'],
  mutation: ['history', 'runbook'],
  wall: ['kernel', 'history'],
  sandbox: ['kernel', 'history', 'config', 'wall'],
  workload: ['kernel', 'history'],
  telemetry: ['kernel', 'history'],
  operator: ['kernel', 'history', 'runbook'],
  faults: ['kernel', 'sandbox', 'scenario'],
  verdict: ['kernel', 'history', 'record', 'claims'],
  report: ['kernel', 'verdict'],
  live: ['kernel', 'history'],
  arm: ['kernel', 'history', 'config', 'scenario', 'sandbox', 'workload', 'telemetry', 'operator', 'faults', 'verdict'],
  run: [
    'kernel',
    'history',
    'runbook',
    'record',
    'config',
    'scenario',
    'sandbox',
    'workload',
    'faults',
    'verdict',
    'report',
    'arm',
  ],
  series: ['kernel', 'history', 'runbook', 'scenario', 'mutation', 'sandbox', 'verdict', 'report', 'run'],
  cli: [
    'kernel',
    'history',
    'runbook',
    'config',
    'scenario',
    'mutation',
    'sandbox',
    'verdict',
    'report',
    'live',
    'arm',
    'run',
    'series',
  ],
};

/** Tests and what only they use may look everywhere. */
const notShipped = '\\.(test|bench)\\.ts$|/testing/';

const oneWay = Object.entries(flow).map(([folder, allowed]) => ({
  name: `one-way-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: notShipped },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    {
      name: 'scenarios-use-the-front-door',
      comment: 'a scenario or a configuration is written by users: they have the public entry alone',
      severity: 'error',
      from: { path: '^(scenarios/|fixtures/.*\\.scenario\\.ts$|drillbook\\.config\\.ts$)' },
      to: { path: '^src/', pathNot: '^src/index\\.ts$' },
    },
    {
      name: 'the-fleet-knows-no-harness',
      comment: 'fixtures/fleet runs in the containers, where Drillbook is not installed',
      severity: 'error',
      from: { path: '^fixtures/fleet/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test)/' },
    },
    {
      name: 'src-knows-no-test',
      severity: 'error',
      from: { path: '^src/', pathNot: notShipped },
      to: { path: '^test/|^src/.*/testing/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'docker-only-in-sandbox',
      comment: 'dockerode, testcontainers and the Toxiproxy client are known to sandbox/ alone',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/sandbox/|${notShipped}` },
      to: { path: 'node_modules/(dockerode|testcontainers|toxiproxy-node-client)/' },
    },
    {
      name: 'verdicts-are-pure',
      comment: 'record/, claims/, verdict/, report/ and live/ work on a history; they know neither Redis nor Docker',
      severity: 'error',
      from: { path: '^src/(record|claims|verdict|report|live)/' },
      to: {
        path: 'node_modules/(ioredis|bullmq|bullmq-6|dockerode|testcontainers)/|^src/(sandbox|telemetry|workload|faults|operator)/',
      },
    },
    {
      name: 'nothing-knows-the-fleet',
      comment: 'names, limits and paths of the reference fleet stand outside src/',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(fixtures|scenarios|runbooks)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
