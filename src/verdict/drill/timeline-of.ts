import { seconds } from '../../kernel/words.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { instantOf } from '../report-parts.ts';
import type { Debrief } from './debrief.ts';
import { isAboutDrill } from './describe-commands.ts';
import { commandSpan } from './player-session.ts';

type Entry = Debrief['timeline'][number];

interface Recorded {
  readonly drill: DrillRecord;
  readonly arm: ArmRecord | undefined;
  readonly mitigated: Instant | undefined;
}

/** What happened, in the order of time, each in the lane of those who did it. */
export function timelineOf({ drill, arm, mitigated }: Recorded): Entry[] {
  const entry = (at: Instant, lane: Entry['lane'], text: string): Entry => ({ at: instantOf(at), lane, text });
  const began = (command: DrillRecord['commands'][number]): Instant => commandSpan(command, drill.rates).began;
  const phaseEnd = arm?.phase('baseline')?.ended;
  const entries = [
    ...(phaseEnd ? [entry(phaseEnd, 'fleet', 'the fleet is in its steady state')] : []),
    ...(arm?.injecting ? [entry(arm.injecting, 'fleet', 'the fault is injected')] : []),
    ...(arm?.proved ? [entry(arm.proved, 'fleet', `the fault took effect: ${arm.proved.evidence}`)] : []),
    ...(mitigated ? [entry(mitigated, 'fleet', 'lasting health begins')] : []),
    ...(drill.herring ? [entry(drill.herring, 'fleet', `red herring: ${drill.herring.text}`)] : []),
    ...(drill.triggered
      ? [entry(drill.triggered, 'facilitator', `${drill.triggered.by} gave the order to inject`)]
      : []),
    ...drill.pauses.map((one) =>
      one.type === 'drill.resumed'
        ? entry(one, 'fleet', 'the drill goes on')
        : entry(one, 'fleet', `the drill is paused by ${one.by}`),
    ),
    ...drill.extended.map((one) => entry(one, 'facilitator', `${one.by} gave ${seconds(one.byMs)} more`)),
    ...drill.pages.map((page) => entry(page, 'pages', page.text)),
    ...drill.acked.map((one) => entry(one, 'player', `acknowledged page ${one.page}`)),
    ...drill.declared.map((one) => entry(one, 'player', 'declared an incident')),
    ...drill.found.map((one) => entry(one, 'player', `named section ${one.section} and ${one.component}`)),
    ...drill.noted.map((one) => entry(one, 'player', `noted: ${one.text}`)),
    ...drill.hinted.map((one) =>
      entry(
        one,
        'player',
        one.by === undefined ? `took hint ${one.step} for ${one.price}` : `got hint ${one.step} from ${one.by}`,
      ),
    ),
    ...drill.read.map((one) => entry(one, 'runbook', one.section === '' ? 'read the contents' : `read ${one.section}`)),
    ...drill.commands
      .filter((command) => !isAboutDrill(command))
      .map((command) => entry(began(command), 'player', `ran ${command.line}`)),
    ...(drill.over ? [entry(drill.over, 'player', `the drill ended: ${drill.over.why}`)] : []),
  ];
  return entries.toSorted((a, b) => a.at.realMs - b.at.realMs);
}
