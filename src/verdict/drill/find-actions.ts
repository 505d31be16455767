import { seconds } from '../../kernel/words.ts';
import { defined } from '../../kernel/defined.ts';
import type { Location } from '../../kernel/errors.ts';
import type { Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { attempt, type ScenarioContext } from '../checks/check.ts';
import { blastRadius } from '../checks/blast-radius.ts';
import type { Finding } from '../run-report.ts';
import { instantOf } from '../report-parts.ts';
import { judgeAnswer } from './answers.ts';
import type { Debrief } from './debrief.ts';
import type { Milestones } from './milestones.ts';
import { commandSpan, playerFile } from './player-session.ts';

type Action = Debrief['actions'][number];

/**
 * What went wrong, by its outcome and never by how a command looks: harm to the rest of the fleet, attempts to reach
 * beyond the sandbox, and words that the record contradicts. A cure that is not in the runbook is no wrong action.
 * @param context its treatment arm has the player's session since the incident as its only procedure
 * @param quiet the same up to the incident, with the session before it
 */
export function findActions(
  context: ScenarioContext,
  quiet: ScenarioContext | undefined,
  drill: DrillRecord,
  stones: Milestones,
): readonly Action[] {
  const early = quiet ? harmOf(quiet, drill).filter(({ verdict }) => verdict === 'wrong') : [];
  const all = [...early, ...beyondOf(context, drill), ...harmOf(context, drill), ...ofWords(context, drill, stones)];
  return all.toSorted((a, b) => (a.at?.realMs ?? Infinity) - (b.at?.realMs ?? Infinity));
}

/** What the wall refused or narrowed, unless the runbook's own blocks are expected to try it. */
function beyondOf({ plan, treatment }: ScenarioContext, drill: DrillRecord): readonly Action[] {
  const expected = [...plan.diagnosis, ...plan.recovery].flatMap(({ refused = [] }) => refused);
  const met = (treatment?.wall ?? []).filter(
    ({ outcome, attempt: tried }) =>
      (outcome === 'refused' || outcome === 'narrowed') &&
      !expected.some(({ source, flags }) => new RegExp(source, flags.replaceAll(/[gy]/g, '')).test(tried)),
  );
  const actions = met.map(({ attempt: tried, t }) => {
    const location = commandAt(t, drill);
    return ofFinding('beyond', { message: `tried to ${tried}`, ...defined({ location }) }, drill);
  });
  // A client may retry many times; that is one attempt.
  const isFirst = (action: Action, index: number): boolean =>
    actions.findIndex(({ message, command }) => message === action.message && command === action.command) === index;
  return actions.filter(isFirst);
}

/** How far the times of a command and of its effect may lie apart, real ms: the two clocks differ a little. */
const toleranceMs = 100;

/** The place of the command that ran at this moment, if one did alone. */
function commandAt(t: number, { commands, rates }: DrillRecord): Location | undefined {
  const running = commands.flatMap((command, index) => {
    const { began, ended } = commandSpan(command, rates);
    return began.t - toleranceMs <= t && t <= (ended?.t ?? Infinity) + toleranceMs ? [index] : [];
  });
  const [only, ...others] = running;
  return only === undefined || others.length > 0 ? undefined : { file: playerFile, line: only + 1 };
}

function harmOf(context: ScenarioContext, drill: DrillRecord): readonly Action[] {
  return attempt(blastRadius.id, () => blastRadius.run(context)).flatMap(({ verdict, message, findings }) => {
    if (verdict === 'fail') return findings.map((found) => ofFinding('harm', found, drill));
    return verdict === 'inconclusive' ? [{ kind: 'harm', verdict: 'unknown', message, at: null, command: null }] : [];
  });
}

/** A finding that no command of the player ran at is held against no one. */
function ofFinding(
  kind: 'harm' | 'beyond',
  { message, location }: Pick<Finding, 'message' | 'location'>,
  { commands, rates }: DrillRecord,
): Action {
  const located = location?.file === playerFile && location.line <= commands.length ? location.line - 1 : undefined;
  const index = located ?? theOneThatNames(message, commands);
  const command = index === undefined ? undefined : commands[index];
  if (!command || index === undefined) return { kind, verdict: 'unknown', message, at: null, command: null };
  return { kind, verdict: 'wrong', message, at: instantOf(commandSpan(command, rates).began), command: index };
}

/**
 * Redis counts its commands and does not say when they came. The record shows the harm; if a single line of the player
 * names that command, it is that line.
 */
function theOneThatNames(message: string, commands: DrillRecord['commands']): number | undefined {
  const given = / gave Redis the command ([A-Z]+)(?: ([A-Z]+))?, /.exec(message);
  if (!given) return undefined;
  const words = given.slice(1).filter((word) => word !== undefined);
  const pattern = new RegExp(String.raw`\b${words.join(String.raw`\s+`)}\b`, 'i');
  const naming = commands.flatMap(({ line, readsOnly }, index) => (!readsOnly && pattern.test(line) ? [index] : []));
  return naming.length === 1 ? naming[0] : undefined;
}

/** What the player said and the record contradicts. */
function ofWords({ run, plan }: ScenarioContext, drill: DrillRecord, stones: Milestones): readonly Action[] {
  const said = (kind: Action['kind'], at: Instant, message: string): Action => {
    return { kind, verdict: 'wrong', message, at: instantOf(at), command: null };
  };
  const { onset, mitigated, resolved } = stones;
  const early = plan.fault && drill.declared.filter(({ t }) => onset === undefined || t < onset.t);
  const wrong = drill.found.map((answer) => ({ answer, judged: judgeAnswer(answer, run, plan) }));
  return [
    ...(early ?? []).map((at) => said('false-declaration', at, 'an incident was declared before anything was broken')),
    ...wrong
      .filter(({ judged }) => !judged.sectionRight || judged.componentRight === 'no')
      .map(({ answer }) =>
        said('wrong-diagnosis', answer, `section ${answer.section} and ${answer.component} were named`),
      ),
    ...(resolved && plan.fault && (!mitigated || mitigated.t > resolved.t)
      ? [said('false-all-clear', resolved, describeEarly(resolved, mitigated))]
      : []),
  ];
}

function describeEarly(resolved: Instant, mitigated: Instant | undefined): string {
  if (!mitigated) return 'the incident was called resolved, and the fleet did not become healthy';
  return `the incident was called resolved ${seconds(mitigated.s - resolved.s)} of sandbox time before lasting health began`;
}
