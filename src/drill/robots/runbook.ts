import type { RobotScreen } from './robot-screen.ts';
import { lookAgainS, type Robot } from './robot.ts';

/**
 * Knows nothing but the runbook, and believes it to the letter: it goes to the section that the page names, or else to
 * each section that has a solution, and pastes the blocks of the solution as they stand.
 */
export const byRunbook: Robot = async (screen) => {
  await screen.bell();
  const page = await screen.run('drill page');
  await screen.run('drill ack');
  await screen.run('drill declare');
  const named = /runbook (\d+(?:\.\d+)*)/.exec(page)?.[1];
  const sections = named === undefined ? await numbersIn(screen) : [named];
  for (const section of sections)
    for (const code of solutionsOf(await screen.run(`drill runbook ${section} | cat`))) await screen.paste(code, []);
  await screen.run(`sleep ${lookAgainS}; docker compose ps --all`);
  await screen.run('drill resolved');
};

/** The sections of the second level, as the contents list them. */
async function numbersIn(screen: RobotScreen): Promise<readonly string[]> {
  const contents = await screen.run('drill runbook | cat');
  return [...contents.matchAll(/^\s*(\d+\.\d+) /gm)].map(([, number = '']) => number);
}

/** The shell blocks below a label that means solution, as the text on the screen has them. */
function solutionsOf(text: string): readonly string[] {
  const lines = text.replaceAll('\r', '').split('\n');
  const blocks: string[] = [];
  let [inSolution, block]: [boolean, string[] | undefined] = [false, undefined];
  for (const line of lines) {
    if (block && /^\s*```/.test(line)) {
      blocks.push(`${block.join('\n')}\n`);
      block = undefined;
    } else if (block) block.push(line);
    else if (inSolution && /^\s*```(?:bash|sh|shell)\b/.test(line)) block = [];
    else if (/^\s*\*\*[^*]+\*\*/.test(line)) inSolution = /^\s*\*\*(?:Solution|Solu[tț]ie|Procedure)\b/i.test(line);
    else if (/^#{1,6} /.test(line)) inSolution = false;
  }
  return blocks;
}
