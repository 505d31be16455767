import { z } from 'zod';

import { purposes } from '../history/events.ts';
import { verdicts } from '../kernel/verdict.ts';
import { ledgerReport as ledger } from '../record/ledger-report.ts';
import { instant, location, span } from './report-parts.ts';

const verdict = z.enum(verdicts).describe('inconclusive: it could be proved neither way');

const finding = z.strictObject({
  message: z.string().describe('What was observed, in one sentence'),
  cause: z.string().optional().describe('Why, in one sentence, where it is known'),
  location: location.optional(),
  command: z.string().optional(),
  exitCode: z.int().nullable().optional(),
  output: z.string().optional().describe('Last lines that the command printed; untrusted'),
  outputOf: z.literal('pipeline').optional().describe('Another member of its pipeline may have printed the output'),
});

const check = z.strictObject({
  id: z.string().describe('Stable from run to run, e.g. recovery:3.2 > Solution > bash[1]'),
  verdict,
  message: z.string(),
  locations: z.array(location),
  findings: z.array(finding).describe('What speaks against the check, one by one'),
});

const command = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  endLine: z.int().positive().optional(),
  text: z.string(),
  role: z.enum(['command', 'condition', 'background']),
  pipeIndex: z.int().nonnegative().optional(),
  exitCode: z.int().nullable(),
  cut: z.boolean(),
  durationMs: z.number().nullable(),
});

const procedure = z.strictObject({
  address: z.string(),
  purpose: z.enum(purposes),
  arm: z.enum(['treatment', 'control']),
  location,
  args: z.array(z.string()),
  ended: z.enum(['exited', 'cut', 'unanswered-prompt', 'interrupted', 'operator-lost']).nullable(),
  exitCode: z.int().nullable(),
  durationMs: z.number().nullable(),
  transcript: z.string().nullable().describe('asciicast v2 file beside the report'),
  commands: z.array(command),
});

const scenario = z.strictObject({
  id: z.string(),
  title: z.string(),
  file: z.string(),
  sections: z.array(z.string()),
  fault: z.strictObject({ kind: z.string(), summary: z.string() }).nullable(),
  verdict,
  started: instant.nullable(),
  duration: span.nullable(),
  recovery: z
    .strictObject({
      sinceProcedure: span.describe('From the start of the first recovery procedure to the start of lasting health'),
      sinceFault: span.describe('From the injection of the fault to the start of lasting health'),
    })
    .nullable(),
  checks: z.array(check),
  procedures: z.array(procedure),
  ledger: ledger.nullable(),
  touched: z
    .strictObject({
      services: z.array(z.string()),
      servicesAtOnce: z.int().optional(),
      queues: z.array(z.string()),
      redis: z.array(z.string()),
    })
    .optional()
    .describe('What the procedures touched, as `touches` of a scenario states it'),
});

const environment = z.strictObject({
  engine: z.string(),
  compose: z.string(),
  node: z.string(),
  versions: z.array(
    z.strictObject({
      name: z.string(),
      declared: z.string().nullable().describe('What the runbook states'),
      real: z.string().nullable().describe('What ran'),
      agrees: z.boolean().nullable(),
    }),
  ),
  images: z.array(z.strictObject({ service: z.string(), image: z.string(), source: z.string() })),
  realTimeServices: z.array(z.string()).describe('Services whose containers do not carry the sandbox clock'),
});

const coverage = z.strictObject({
  number: z.string(),
  title: z.string(),
  line: z.int(),
  endLine: z.int(),
  covered: z.boolean(),
  scenarios: z.array(z.string()),
  procedures: z.array(z.strictObject({ address: z.string(), covered: z.boolean(), scenarios: z.array(z.string()) })),
});

const alerts = z.strictObject({
  rules: z.array(
    z.strictObject({
      name: z.string(),
      location,
      scenarios: z.array(z.string()).describe('Those whose fault made it fire; without any it is not covered'),
    }),
  ),
  rows: z.array(
    z.strictObject({
      metric: z.string(),
      location,
      scenarios: z
        .array(z.string())
        .describe('Those with its alert threshold as a symptom; without any it is not covered'),
    }),
  ),
  notJudged: z
    .array(z.strictObject({ message: z.string(), location, neededMs: z.number().optional() }))
    .describe('What the run could not show, with the sandbox ms that it would take'),
});

/** What `report.json` holds; all of it but `generatedAt` is a function of the run's history. */
export const runReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generatedAt: z.iso.datetime(),
  run: z.string(),
  drillbook: z.string(),
  startedAt: z.string(),
  verdict,
  exitCode: z.int().describe('0 passed, 1 failed, 2 inconclusive, 130 interrupted'),
  interrupted: z.string().nullable(),
  seed: z.number(),
  timeScale: z.number().describe('Sandbox seconds per real second, before any change'),
  clockChanges: z
    .array(
      z.strictObject({
        scenario: z.string().optional(),
        arm: z.string().optional(),
        at: instant,
        rate: z.number().describe('Sandbox seconds per real second from then on; 0: the clock stands'),
      }),
    )
    .optional()
    .describe('Absent if no clock changed its rate'),
  duration: span,
  runbook: z.strictObject({
    file: z.string(),
    sha256: z.string(),
    title: z.string(),
    version: z.string().nullable(),
    repairs: z.array(z.string()),
    notUnderstood: z
      .array(z.strictObject({ message: z.string(), location }))
      .optional()
      .describe('What was neither run nor checked, because Drillbook cannot; absent if the history does not say'),
  }),
  environment: environment.nullable(),
  checks: z.array(check).describe('About the run as a whole'),
  scenarios: z.array(scenario),
  coverage: z
    .array(coverage)
    .describe('Every section of the runbook; what no scenario ran is not covered, never passed'),
  alerts: alerts.optional().describe('Absent if the history has no alert rules'),
  notes: z.array(z.string()),
  leftovers: z.array(z.string()).describe('What teardown could not remove'),
});

export type RunReport = z.infer<typeof runReportSchema>;
export type ScenarioReport = z.infer<typeof scenario>;
export type Check = z.infer<typeof check>;
export type Finding = z.infer<typeof finding>;
export type ProcedureReport = z.infer<typeof procedure>;
export type AlertsCoverage = z.infer<typeof alerts>;
export type SectionCoverage = z.infer<typeof coverage>;
