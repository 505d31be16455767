import type { AlertPicture, PicturePoint } from '../../alerts/alert-picture.ts';

const startS = Date.parse('2026-01-01T06:00:00Z');
const minute = 60_000;

/** Sandbox ms since 1970 at a minute of the sample. */
export const at = (minutes: number): number => startS + minutes * minute;

/** A fault that lasts from 2:00 to 24:00. The alert is pending from 8:00 and fires from 18:00 to 25:00. */
export function picture(changes: Partial<AlertPicture> = {}): AlertPicture {
  return {
    rule: 'BullMQQueueBacklog',
    expr: 'sum(bullmq_job_count{state=~"waiting|prioritized|paused"}) > 5000',
    for: '10m',
    scenario: 'queue-paused',
    arm: 'control',
    startS,
    endS: at(30),
    startT: 95_000,
    timeScale: 10,
    points: pointsOf(30, (minutes) => {
      if (minutes < 2) return 120 + 40 * Math.sin(minutes * 3);
      if (minutes < 24) return 130 + (minutes - 2) * 830 + 150 * Math.sin(minutes * 2);
      return Math.max(140, 18_400 - (minutes - 24) * 14_000);
    }),
    threshold: { operator: '>', value: 5000 },
    bands: [
      { state: 'pending', fromS: at(8), untilS: at(18) },
      { state: 'firing', fromS: at(18), untilS: at(25) },
    ],
    onsetS: at(2),
    overS: at(24),
    ...changes,
  };
}

/** A point each 5 s; the value changes with each scrape, every 15 s. */
function pointsOf(minutes: number, valueAt: (minutes: number) => number | undefined): readonly PicturePoint[] {
  return Array.from({ length: minutes * 12 + 1 }, (_, index) => {
    const value = valueAt((Math.floor(index / 3) * 15) / 60);
    return { s: startS + index * 5000, value: value === undefined ? undefined : Math.round(value) };
  });
}

/** The rule for failed jobs: the scrape target is away for two minutes, so the alert begins again. */
export function pictureWithGap(changes: Partial<AlertPicture> = {}): AlertPicture {
  return picture({
    rule: 'BullMQHighFailedJobs',
    expr: 'sum(bullmq_job_count{state="failed"}) > 50',
    for: '5m',
    scenario: 'poison-payloads',
    arm: 'treatment',
    startT: 412_000,
    endS: at(20),
    points: pointsOf(20, (minutes) => {
      if (minutes >= 6 && minutes < 8) return undefined;
      if (minutes < 1.5) return 3;
      return minutes < 17 ? 3 + (minutes - 1.5) * 19 : 0;
    }),
    threshold: { operator: '>', value: 50 },
    bands: [
      { state: 'pending', fromS: at(4.25), untilS: at(6) },
      { state: 'pending', fromS: at(8.25), untilS: at(13.25) },
      { state: 'firing', fromS: at(13.25), untilS: at(17.25) },
    ],
    onsetS: at(1.5),
    overS: at(17),
    ...changes,
  });
}

/** A healthy fleet: a burst comes near the threshold, and the alert stays quiet. */
export function quietPicture(changes: Partial<AlertPicture> = {}): AlertPicture {
  return picture({
    scenario: 'healthy',
    arm: undefined,
    startT: 0,
    endS: at(360),
    points: pointsOf(360, (minutes) => 900 + 700 * Math.sin(minutes / 57) + (minutes % 90 < 4 ? 2900 : 0)),
    bands: [],
    onsetS: undefined,
    overS: undefined,
    ...changes,
  });
}
