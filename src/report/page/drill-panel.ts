import type { RunStarted, ScenarioPlan } from '../../history/events.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import type { Debrief } from '../../verdict/drill/debrief.ts';
import { healthRules } from '../../verdict/health.ts';
import { armCharts } from './arm-charts.ts';
import { faultLane, fleetLanes, visibleLanes } from './arm-lanes.ts';
import { Clocks } from './clocks.ts';
import { joinCasts } from './recording.ts';
import type { Lane, LaneItem, PanelMark, TimePanel, Tone } from './time-panel.ts';

export const drillPanelId = 'drill';

interface DrillInput {
  readonly run: RunStarted;
  readonly plan: ScenarioPlan;
  readonly arm: ArmRecord;
  readonly drill: DrillRecord;
  readonly debrief: Debrief;
  /** The texts of the player's transcripts, by the name that the history gives them. */
  readonly casts: ReadonlyMap<string, string>;
  readonly mostOfCast: number;
}

/** The whole drill: what the fleet, the pager, the player and the runbook did. Undefined if nothing was recorded. */
export function drillPanel({ run, plan, arm, drill, debrief, casts, mostOfCast }: DrillInput): TimePanel | undefined {
  const [started, ended] = [arm.started, arm.ended ?? arm.last];
  if (!started || !ended || ended.t <= started.t) return undefined;
  const rules = healthRules(run, plan.health);
  const marks = marksOf(debrief);
  const onset = marks.find(({ kind }) => kind === 'fault');
  const recovered = marks.find(({ kind }) => kind === 'recovery');
  const shells = drill.shells.filter(({ state }) => state === 'opened');
  return {
    id: drillPanelId,
    title: 'The drill',
    note: undefined,
    from: started.t,
    to: ended.t,
    clocks: new Clocks([started, ...arm.timeline.moments, ended].toSorted((a, b) => a.t - b.t)),
    marks,
    lanes: visibleLanes([
      faultLane(arm, ended, recovered?.t),
      ...fleetLanes(arm, rules, ended),
      ...playerLanes(debrief, ended),
    ]),
    charts: armCharts(arm, rules),
    terminal: joinCasts(
      shells.map(({ t, cast }) => ({ name: 'the player’s shell', from: t, text: casts.get(cast) })),
      started.t,
      mostOfCast,
    ),
    compared: onset && { group: drillPanelId, origin: onset.t },
  };
}

function marksOf({ milestones }: Debrief): readonly PanelMark[] {
  const at = (name: string): number | undefined => milestones.find((one) => one.name === name)?.at?.realMs;
  const [onset, mitigated] = [at('onset'), at('mitigated')];
  return [
    ...(onset === undefined ? [] : [{ t: onset, text: 'fault', kind: 'fault' } as const]),
    ...(mitigated === undefined ? [] : [{ t: mitigated, text: 'mitigated', kind: 'recovery' } as const]),
  ];
}

function playerLanes(debrief: Debrief, ended: Instant): readonly Lane[] {
  const { pages, timeline, commands, actions, reads } = debrief;
  const said = timeline.filter(({ lane, text }) => lane === 'player' && !text.startsWith('ran '));
  return [
    {
      name: 'Pages',
      items: pages.map(({ at, page, text, ackedAfter }) => ({
        from: at.realMs,
        to: at.realMs + (ackedAfter?.realMs ?? 0),
        text: `page ${page}`,
        detail: `page ${page}: ${text}; ${ackedAfter ? 'until it was acknowledged' : 'never acknowledged'}`,
        tone: 'plain',
      })),
    },
    {
      name: 'Runbook',
      items: reads.map(({ at, section }, index): LaneItem => {
        const what = section === '' ? 'contents' : section;
        return {
          from: at.realMs,
          to: reads[index + 1]?.at.realMs ?? at.realMs,
          text: what,
          detail: `read ${what}, until something else was read`,
          tone: 'plain',
        };
      }),
    },
    { name: 'Commands', items: commands.map((command, index) => commandItem(command, index, ended)) },
    {
      name: 'Said',
      items: said.map(({ at, text }) => ({ from: at.realMs, to: at.realMs, text, detail: text, tone: 'plain' })),
    },
    {
      name: 'Went wrong',
      items: actions.flatMap(({ at, message, verdict }) =>
        at === null
          ? []
          : [
              {
                from: at.realMs,
                to: at.realMs,
                text: message,
                detail: message,
                tone: verdict === 'wrong' ? ('bad' as const) : ('unclear' as const),
              },
            ],
      ),
    },
  ];
}

function commandItem(command: Debrief['commands'][number], index: number, ended: Instant): LaneItem {
  const { at, line, exitCode, took, kind } = command;
  return {
    from: at.realMs,
    to: took ? at.realMs + took.realMs : ended.t,
    text: oneLine(line, 60),
    detail: `${kind}: ${oneLine(line, 200)}, ${exitCode === null ? 'still running at the end' : `exit ${exitCode}`}`,
    tone: toneOf(exitCode),
    target: commandId(index),
  };
}

/** A command that fails is no mistake: people look around with commands that fail. */
function toneOf(exitCode: number | null): Tone {
  return exitCode === 0 ? 'plain' : 'unclear';
}

/** The id of the row about a command of the player. */
export function commandId(index: number): string {
  return `command-${index + 1}`;
}
