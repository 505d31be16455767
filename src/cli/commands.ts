import { alertsCompare } from './alerts-compare.ts';
import { alertsRecord } from './alerts-record.ts';
import { alertsSweep } from './alerts-sweep.ts';
import { alertsTest } from './alerts.ts';
import { baseline } from './baseline.ts';
import type { DrillbookCommand } from './define-command.ts';
import { doctor } from './doctor.ts';
import { drillCommands } from './drill.ts';
import { judgeAgain } from './judge.ts';
import { matrix } from './matrix.ts';
import { mutate } from './mutate.ts';
import { sandboxCommands } from './sandbox.ts';
import { verify } from './verify.ts';
import { versions } from './versions.ts';

/** Every command, in the order of `--help` and docs/cli.md. */
export const commands: readonly DrillbookCommand[] = [
  verify,
  mutate,
  matrix,
  versions,
  judgeAgain,
  ...drillCommands,
  alertsTest,
  alertsSweep,
  alertsCompare,
  alertsRecord,
  baseline,
  ...sandboxCommands,
  doctor,
];
