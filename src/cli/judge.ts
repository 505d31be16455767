import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';

import { InputError } from '../kernel/errors.ts';
import { readHistory } from '../history/reader.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderJson } from '../report/render-json.ts';
import { writeReports } from '../report/write-reports.ts';
import { judge } from '../verdict/judge.ts';

export function addJudge(program: Command): void {
  program
    .command('judge')
    .description('judge a recorded run again from its history alone; needs no Docker')
    .argument('<run>', 'folder of the run, or its history.jsonl')
    .option('--json', 'print the report as JSON instead of text')
    .action(async (run: string, flags: { readonly json?: true }) => {
      const found = await stat(run).catch((cause: unknown) => {
        throw new InputError(`there is no run at ${run}`, {
          code: 'RUN_UNKNOWN',
          next: 'name a folder below reports/',
          cause,
        });
      });
      const directory = found.isDirectory() ? run : path.dirname(run);
      const report = await judge(readHistory(found.isDirectory() ? path.join(run, 'history.jsonl') : run));
      await writeReports(report, directory);
      const color = process.stdout.isTTY && !process.env['NO_COLOR'];
      process.stdout.write(flags.json ? renderJson(report) : renderConsole(report, { color, cwd: process.cwd() }));
      process.exitCode = report.exitCode;
    });
}
