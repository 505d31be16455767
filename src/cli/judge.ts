import path from 'node:path';

import { historyName } from '../history/file-names.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderJson } from '../report/render-json.ts';
import { writeReports } from '../report/write-reports.ts';
import { judgeRun } from '../run/judge-run.ts';
import { defineCommand } from './define-command.ts';
import { findRun } from './find-run.ts';
import { useColor } from './use-color.ts';

export const judgeAgain = defineCommand({
  name: 'judge',
  summary: 'judge a recorded run again, from its folder alone',
  argument: { name: '<run>', text: 'folder of the run, or its history.jsonl' },
  needsDocker: false,
  options: ['json'],
  run: async ({ json }, [run = '.']) => {
    const directory = await findRun(run);
    const judged = await judgeRun(path.join(directory, historyName), process.cwd());
    await writeReports(judged, directory);
    const { report } = judged;
    const options = { color: useColor(process.stdout), cwd: process.cwd() };
    process.stdout.write(json ? renderJson(report) : renderConsole(report, options));
    process.exitCode = report.exitCode;
  },
});
