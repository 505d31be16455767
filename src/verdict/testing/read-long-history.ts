import { readHistory } from '../../history/reader.ts';
import { judge } from '../judge.ts';

/** Reads or judges a history in its own process, which was started with a memory limit. Usage: `read|judge <file>`. */
const [what, file = ''] = process.argv.slice(2);
const result: { events?: number; checks?: number } = {};
if (what === 'judge') result.checks = (await judge(readHistory(file))).scenarios[0]?.checks.length ?? 0;
else {
  let events = 0;
  for await (const _ of readHistory(file)) events += 1;
  result.events = events;
}
process.stdout.write(JSON.stringify(result));
