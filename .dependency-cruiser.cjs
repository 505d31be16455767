/** The one-way flow of DESIGN: each folder may import those below it, never above or beside it. */
const flow = {
  kernel: [],
  history: ['kernel'],
  runbook: ['kernel', 'history'],
  mutation: ['kernel', 'history', 'runbook'],
  scenario: ['kernel', 'history', 'runbook'],
  wall: ['kernel'],
  sandbox: ['kernel', 'history', 'scenario', 'wall'],
  workload: ['kernel', 'history', 'scenario'],
  telemetry: ['kernel', 'history', 'scenario'],
  operator: ['kernel', 'history', 'runbook', 'scenario'],
  faults: ['kernel', 'history', 'scenario', 'sandbox'],
  verdict: ['kernel', 'history', 'runbook', 'scenario'],
  report: ['kernel', 'history', 'runbook', 'scenario', 'verdict'],
  run: [
    'kernel',
    'history',
    'runbook',
    'mutation',
    'scenario',
    'sandbox',
    'workload',
    'faults',
    'telemetry',
    'operator',
    'verdict',
    'report',
  ],
  cli: [
    'kernel',
    'history',
    'runbook',
    'mutation',
    'scenario',
    'sandbox',
    'workload',
    'faults',
    'telemetry',
    'operator',
    'verdict',
    'report',
    'run',
  ],
};

/** Tests and what only they use may look everywhere. */
const notShipped = '\\.test\\.ts$|/testing/';

const oneWay = Object.entries(flow).map(([folder, allowed]) => ({
  name: `one-way-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: notShipped },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
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
      comment: 'verdict/ and report/ work on a history; they know neither Redis nor Docker',
      severity: 'error',
      from: { path: '^src/(verdict|report)/' },
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
