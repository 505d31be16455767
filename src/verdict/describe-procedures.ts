import type { Arm } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import type { ArmRecord } from '../record/arm-record.ts';
import type { ProcedureReport } from './run-report.ts';

/** The procedures that an arm ran, as the report lists them. */
export function describeProcedures(arm: Arm, record: ArmRecord | undefined): readonly ProcedureReport[] {
  return (record?.procedures ?? []).map(({ started, commands, ended }) => ({
    address: started.address,
    purpose: started.purpose,
    arm,
    location: started.location,
    args: [...started.args],
    ended: ended?.ended ?? null,
    exitCode: ended?.exitCode ?? null,
    durationMs: ended?.durationMs ?? null,
    // The transcripts of a recalled arm are in the folder of its own run.
    transcript: record?.recalled ? null : (ended?.cast ?? null),
    commands: commands.map(({ location, text, role, pipeIndex, exitCode, cut, durationMs }) => ({
      file: location.file,
      line: location.line,
      ...defined({ endLine: location.endLine }),
      text,
      role,
      ...defined({ pipeIndex }),
      exitCode,
      cut,
      durationMs,
    })),
  }));
}
