import type { AlertSpan, AlertTimeline } from './timeline.ts';

/** Joins the states that an alert has at each evaluation to spans. */
export class AlertSpans {
  readonly #times: readonly number[];
  readonly #alerts = new Map<string, Track>();

  /** @param times sandbox ms of the evaluations */
  constructor(times: readonly number[]) {
    this.#times = times;
  }

  /**
   * Call it in the order of the evaluations.
   * @param key the text of the labels, from `keyOf`
   */
  see(key: string, evaluation: number, state: AlertSpan['state']): void {
    let track = this.#alerts.get(key);
    if (!track) this.#alerts.set(key, (track = []));
    const last = track.at(-1);
    if (last?.state === state && last.to === evaluation - 1) last.to = evaluation;
    else track.push({ state, from: evaluation, to: evaluation });
  }

  /** Sorted by the text of their labels. */
  timelines(): readonly AlertTimeline[] {
    return [...this.#alerts]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, track]) => ({
        labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
        spans: track.map(({ state, from, to }) => ({ state, fromS: this.#at(from), untilS: this.#times[to + 1] })),
      }));
  }

  #at(evaluation: number): number {
    const time = this.#times[evaluation];
    if (time === undefined) throw new RangeError(`there is no evaluation ${evaluation}`);
    return time;
  }
}

/** The evaluations of a span, both included. */
type Track = { readonly state: AlertSpan['state']; readonly from: number; to: number }[];

/** The text of labels, the same for each order. Prometheus treats a label without a value as absent. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  const present = Object.entries(labels).filter(([, value]) => value !== '');
  return JSON.stringify(present.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
