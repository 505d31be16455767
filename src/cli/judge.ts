import { stat } from 'node:fs/promises';
import path from 'node:path';

import { readHistory } from '../history/reader.ts';
import { InputError } from '../kernel/errors.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderJson } from '../report/render-json.ts';
import { writeReports } from '../report/write-reports.ts';
import { judge } from '../verdict/judge.ts';
import { defineCommand } from './define-command.ts';
import { useColor } from './use-color.ts';

export const judgeAgain = defineCommand({
  name: 'judge',
  summary: 'judge a recorded run again, from its history alone',
  argument: { name: '<run>', text: 'folder of the run, or its history.jsonl' },
  needsDocker: false,
  options: ['json'],
  run: async ({ json }, [run = '.']) => {
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
    const options = { color: useColor(process.stdout), cwd: process.cwd() };
    process.stdout.write(json ? renderJson(report) : renderConsole(report, options));
    process.exitCode = report.exitCode;
  },
});
