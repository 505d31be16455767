import { seconds } from '../alerts/say-time.ts';
import type { Debrief } from '../verdict/drill/debrief.ts';

/** The outcome in words; blameless. */
export const outcomeWords: Readonly<Record<Debrief['outcome'], string>> = {
  recovered: 'recovered',
  'not-recovered': 'not recovered',
  'stood-down': 'stood down, and rightly so',
  inconclusive: 'inconclusive',
  stopped: 'stopped before its end',
};

/** A time on both clocks; on one if they run alike. */
export function bothClocks(took: Debrief['duration'] | null, timeScale: number): string {
  if (!took) return 'never';
  return timeScale === 1 ? seconds(took.realMs) : `${seconds(took.realMs)} (sandbox ${seconds(took.sandboxMs)})`;
}

export const pairWords: Readonly<Record<Debrief['pairs'][number]['name'], string>> = {
  detection: 'detection: from the fault to the first sign that the player knew',
  acknowledgement: 'acknowledgement: from the page to its acknowledgement',
  identification: 'identification: from the fault to the first right answer',
  mitigation: 'mitigation: from the fault to the health that lasted, by the judge',
  resolution: 'resolution: from the fault to the all-clear, but not before mitigation',
};
