import type { PlayerCommand, RunStarted, ScenarioPlan } from '../../history/events.ts';
import type { Location } from '../../kernel/errors.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import { seconds } from '../../kernel/words.ts';
import type { Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { curingSections } from './answers.ts';
import type { Debrief } from './debrief.ts';
import type { Milestones } from './milestones.ts';
import { mayChange } from './describe-commands.ts';

type Item = Debrief['items'][number];

/** A page that comes later than this after the onset is late, sandbox ms. */
const pagedWithinMs = 180_000;

/** What the runbook should change, each by a rule on the record, and on a line of the runbook where there is one. */
export function findItems(run: RunStarted, plan: ScenarioPlan, drill: DrillRecord, stones: Milestones): Item[] {
  return [
    ...failedVerbatim(drill),
    ...editedFirst(drill),
    ...notInRunbook(drill, stones),
    ...readFirst(run, plan, drill),
    ...pageItems(plan, drill, stones),
  ];
}

function failedVerbatim({ commands }: DrillRecord): readonly Item[] {
  return commands.flatMap(({ exitCode, runbook }, index) => {
    const last = runbook.find(({ isLast, how }) => isLast && how === 'verbatim');
    if (!last || exitCode === null || exitCode === 0 || exitCode === 130) return [];
    const message = `\`${oneLine(last.text, 120)}\` was run as written and ended with ${exitCode}`;
    return [{ rule: 'failed-verbatim', message, location: placeOf(last.location), command: index }];
  });
}

function editedFirst({ commands }: DrillRecord): readonly Item[] {
  return commands.flatMap(({ runbook, readsOnly }, index) =>
    runbook
      .filter(({ how }) => how === 'edited' && !readsOnly)
      .map(({ text, location }) => ({
        rule: 'edited-first' as const,
        message: `\`${oneLine(text, 120)}\` was changed before it was run`,
        location: placeOf(location),
        command: index,
      })),
  );
}

/** The last command before lasting health that changes anything and is in no block of the runbook. */
function notInRunbook({ commands }: DrillRecord, { onset, mitigated }: Milestones): readonly Item[] {
  if (!onset || !mitigated) return [];
  const changed = (command: PlayerCommand & Instant): boolean =>
    mayChange(command) && command.startedS >= onset.s && command.startedS <= mitigated.s;
  const index = commands.findLastIndex(changed);
  const last = commands[index];
  if (!last || last.runbook.length > 0) return [];
  const message = `\`${oneLine(last.line, 120)}\` came right before the recovery and is in no block of the runbook`;
  return [{ rule: 'not-in-runbook', message, location: null, command: index }];
}

/** The player looked first where the cure is not. */
function readFirst({ runbook }: RunStarted, plan: ScenarioPlan, { read, pages }: DrillRecord): readonly Item[] {
  const right = curingSections(plan);
  const first = read.find(({ section, t }) => section !== '' && t >= (pages[0]?.t ?? 0));
  if (!first || right.length === 0 || right.some((one) => isWithin(first.section, one))) return [];
  const message = `section ${first.section} was read first; the cure is in ${right.join(', ')}`;
  const location = first.line === undefined ? null : { file: runbook.file, line: first.line };
  return [{ rule: 'read-first', message, location, command: null }];
}

/** A section of the same branch, or one that holds it. */
function isWithin(read: string, right: string): boolean {
  return read === right || right.startsWith(`${read}.`) || read.startsWith(`${right}.`);
}

function pageItems({ fault }: ScenarioPlan, { pages }: DrillRecord, { onset }: Milestones): readonly Item[] {
  if (!fault || !onset) return [];
  const row = (message: string, rule: 'page-late' | 'no-page'): Item => ({
    rule,
    message,
    location: null,
    command: null,
  });
  const alarm = pages.find(({ source }) => source === 'threshold');
  if (!alarm) return [row('no alert threshold of the table was crossed while the fault lasted', 'no-page')];
  const late = alarm.s - onset.s;
  if (late <= pagedWithinMs) return [];
  return [row(`the first threshold was crossed ${seconds(late)} of sandbox time after the fault`, 'page-late')];
}

function placeOf({ file, line, column, endLine }: Location): Item['location'] {
  return {
    file,
    line,
    ...(column === undefined ? {} : { column }),
    ...(endLine === undefined ? {} : { endLine }),
  };
}
