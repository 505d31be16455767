import { expect, test } from 'vitest';

import { dayIntensity } from './day-profile.ts';

test('a day has quiet hours, busy hours, a burst in every hour, and about the usual load in all', () => {
  const steps = 24 * 60;
  const day = Array.from({ length: steps }, (_, minute) => dayIntensity(minute / steps));
  expect(day[0]).toBeCloseTo(0.4);
  expect(day[9 * 60]).toBeCloseTo(1.6);
  for (let hour = 0; hour < 24; hour += 1) {
    const [before, within] = [day[hour * 60 + 29] ?? 0, day[hour * 60 + 31] ?? 0];
    expect(within / before).toBeGreaterThan(2.7);
  }
  const mean = day.reduce((sum, one) => sum + one, 0) / steps;
  expect(mean).toBeGreaterThan(0.9);
  expect(mean).toBeLessThan(1.2);
  expect(dayIntensity(1)).toBeCloseTo(0.4);
});
