/**
 * The e2e tests of one command or one damage from outside each, and of harmless changes of a runbook. Each starts a
 * fleet of its own, so CI draws three of them; `npm run test:deep -- commands` runs all.
 */
export const commandTests = [
  'alerts-page',
  'alerts-targets',
  'clock-steps',
  'counters-off',
  'disk-full',
  'drill',
  'drill-observe',
  'engine-killed',
  'fault-refused',
  'first-scenario',
  'harmless-changes',
  'hostile',
  'matrix',
  'mutate',
  'mutate-alerts',
  'no-leaks',
  'reader-gone',
  'red-herrings',
  'repeat',
  'reuse-controls',
  'sandbox',
  'sandbox-shell',
  'versions',
] as const;

/** The test's file, from the project's folder. */
export function fileOf(name: string): string {
  return `test/${name}.e2e.test.ts`;
}
