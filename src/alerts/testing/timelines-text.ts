import type { AlertTimeline } from '../timeline.ts';

/** `{"queue":"mail"}: pending 60-180, firing 180-`, in sandbox seconds. */
export function timelinesText(alerts: readonly AlertTimeline[]): readonly string[] {
  return alerts.map(({ labels, spans }) => {
    const texts = spans.map(
      ({ state, fromS, untilS }) => `${state} ${fromS / 1000}-${untilS === undefined ? '' : untilS / 1000}`,
    );
    return `${JSON.stringify(labels)}: ${texts.join(', ')}`;
  });
}
