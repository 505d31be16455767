import { z } from 'zod';

import { verdicts } from '../../kernel/verdict.ts';
import { drillEnds, herringKinds, pageSources } from '../../history/events.ts';
import { ledgerReport } from '../../record/ledger-report.ts';
import { instant, location, span } from '../report-parts.ts';

export const outcomes = ['recovered', 'not-recovered', 'stood-down', 'inconclusive', 'stopped'] as const;
export type Outcome = (typeof outcomes)[number];

/** The milestones of a drill, in the order in which a good one reaches them. */
export const milestoneNames = ['onset', 'paged', 'acked', 'declared', 'found', 'mitigated', 'resolved'] as const;
export type MilestoneName = (typeof milestoneNames)[number];

const milestone = z.strictObject({
  name: z.enum(milestoneNames),
  at: instant.nullable().describe('Null: it was never reached'),
  notBefore: instant.optional().describe('It happened between this moment and `at`'),
});

const pairNames = ['detection', 'acknowledgement', 'identification', 'mitigation', 'resolution'] as const;

const pair = z.strictObject({
  name: z.enum(pairNames),
  short: z.string().describe('As the trade abbreviates it, e.g. TTD'),
  from: z.enum(milestoneNames),
  to: z.string().describe('The milestone at its end; detection ends with the earliest of several'),
  took: span.nullable().describe('Null: one of the two was never reached'),
});

const page = z.strictObject({
  at: instant,
  page: z.int().positive(),
  text: z.string(),
  source: z.enum(pageSources),
  ackedAfter: span.nullable(),
});

const answer = z.strictObject({
  at: instant,
  section: z.string(),
  component: z.string(),
  why: z.string().nullable(),
  sectionRight: z.boolean(),
  componentRight: z.enum(['yes', 'owner', 'no']).describe('owner: it is the service of an affected queue'),
  right: z.boolean().describe('Both the branch of the runbook and the part are right'),
});

const command = z.strictObject({
  at: instant,
  line: z.string().describe('Untrusted'),
  cwd: z.string(),
  exitCode: z.int().nullable(),
  took: span.nullable().describe('Null: it ran until the end'),
  kind: z.enum(['verbatim', 'edited', 'improvised', 'drill']).describe('drill: a word with the drill itself'),
  readsOnly: z.boolean().describe('It surely changes nothing'),
  runbook: z.array(
    z.strictObject({
      address: z.string(),
      location,
      text: z.string(),
      how: z.enum(['verbatim', 'edited']),
    }),
  ),
});

const action = z.strictObject({
  kind: z.enum(['harm', 'beyond', 'false-all-clear', 'false-declaration', 'wrong-diagnosis']),
  verdict: z.enum(['wrong', 'unknown']).describe('unknown: the record does not show whose doing it was'),
  message: z.string(),
  at: instant.nullable(),
  command: z.int().nonnegative().nullable().describe('Index in `commands` of the line that ran then'),
});

const item = z.strictObject({
  rule: z.enum(['failed-verbatim', 'edited-first', 'not-in-runbook', 'read-first', 'page-late', 'no-page']),
  message: z.string(),
  location: location.nullable(),
  command: z.int().nonnegative().nullable(),
});

const par = z.strictObject({
  ok: z.boolean().describe('False: the procedure of the runbook does not cure its own fault, so there is no par'),
  reasons: z.array(z.string()).describe('Why there is no par'),
  sinceFault: span.nullable().describe('From the fault to lasting health'),
  sinceProcedure: span.nullable().describe('From the start of the first procedure to lasting health'),
});

const check = z.strictObject({ id: z.string(), verdict: z.enum(verdicts), message: z.string() });

const moment = z.strictObject({
  at: instant,
  lane: z.enum(['fleet', 'pages', 'player', 'runbook', 'facilitator']),
  text: z.string().describe('Untrusted'),
});

/** What `debrief.json` holds. All of it follows from the history, so that judging again gives the same bytes. */
export const debriefSchema = z.strictObject({
  schemaVersion: z.literal(1),
  run: z.string(),
  drillbook: z.string(),
  startedAt: z.string(),
  outcome: z.enum(outcomes),
  reasons: z.array(z.string()).describe('Why the outcome is what it is'),
  exitCode: z.int().describe('0 recovered or stood down rightly, 1 not recovered, 2 inconclusive, 130 stopped'),
  duration: span,
  timeScale: z.number().describe('Sandbox seconds per real second'),
  player: z.string(),
  robot: z.string().nullable(),
  level: z.int(),
  seal: z.strictObject({
    digest: z.string(),
    opened: z
      .strictObject({
        plan: z.string(),
        nonce: z.string(),
        seed: z.number(),
        catalogue: z.string(),
        quietMs: z.number(),
      })
      .nullable()
      .describe('Null: the drill died before the seal was opened'),
  }),
  scenario: z
    .strictObject({
      id: z.string(),
      title: z.string(),
      fault: z.strictObject({ kind: z.string(), summary: z.string() }).nullable(),
      sections: z.array(z.string()).describe('The sections whose procedures cure it'),
      components: z.array(z.string()).describe('The services and queues that the fault affects'),
    })
    .nullable(),
  runbook: z.strictObject({ file: z.string(), sha256: z.string(), title: z.string(), version: z.string().nullable() }),
  endedBy: z.enum(drillEnds).nullable(),
  triggered: z
    .strictObject({ at: instant, by: z.string() })
    .optional()
    .describe('A facilitator chose the moment of the incident'),
  extensions: z
    .array(z.strictObject({ at: instant, byMs: z.number(), by: z.string() }))
    .optional()
    .describe('More time that a facilitator gave, real ms. Absent: none'),
  herring: z
    .strictObject({ kind: z.enum(herringKinds), text: z.string() })
    .optional()
    .describe('Something odd and harmless that had nothing to do with the incident'),
  redacted: z
    .strictObject({ patterns: z.int(), replaced: z.int(), leftOut: z.int() })
    .optional()
    .describe('Matches that were left out of the record. Absent: the configuration has no patterns'),
  detectedBy: z.enum(['player', 'page', 'customer']).nullable(),
  milestones: z.array(milestone),
  pairs: z.array(pair),
  breakdown: z
    .strictObject({
      noticing: span.nullable().describe('From the fault to the first sign that the player knew'),
      finding: span.nullable().describe('From there to the first command that changes something'),
      doing: span.nullable().describe('From there to the end of the last one before lasting health'),
      fleet: span.nullable().describe('From there to lasting health'),
    })
    .nullable()
    .describe('What the mitigation took, part by part. Null: it was not reached'),
  par: par.nullable().describe("The runbook's own procedure on the same sandbox, with the same load. Null: not run"),
  selfHealed: z.boolean().describe('The fleet recovered, and the player had run nothing that could be the reason'),
  pages: z.array(page),
  answers: z.array(answer),
  commands: z.array(command),
  actions: z.array(action).describe('What went wrong by the record; blameless: the runbook may have led to it'),
  hints: z.strictObject({
    taken: z.array(z.strictObject({ at: instant, step: z.int(), price: z.number(), text: z.string() })),
    charged: z.number().describe('0 unless the fleet recovered'),
  }),
  notes: z.array(z.strictObject({ at: instant, text: z.string() })),
  reads: z.array(z.strictObject({ at: instant, section: z.string(), line: z.int().nullable() })),
  items: z.array(item).describe('What the runbook should change'),
  ledger: ledgerReport.nullable(),
  checks: z.array(check).describe('What the outcome rests on'),
  timeline: z.array(moment),
  transcripts: z.array(z.strictObject({ file: z.string(), startedAt: instant })).describe('asciicast v2 files'),
});

export type Debrief = z.infer<typeof debriefSchema>;
