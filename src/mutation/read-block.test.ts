import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { loadShellGrammar } from '../runbook/shell-grammar.ts';
import { isValidChange, readBlock, type ReadBlock } from './read-block.ts';
import { inNode } from './testing/mutants-of.ts';

async function read(code: string): Promise<ReadBlock> {
  const { procedures } = await parseRunbook(`# R\n\n## 1. A\n\n\`\`\`bash\n${code}\n\`\`\`\n`, 'r.md');
  const [procedure] = procedures;
  if (!procedure) throw new Error('the test is wrong');
  return readBlock(procedure, await loadShellGrammar());
}

/** Whether the block stays valid when `was` becomes `is`. */
async function staysValid(code: string, was: string, is: string): Promise<boolean> {
  const block = await read(code);
  return isValidChange(block, block.code.replace(was, is), await loadShellGrammar());
}

test('finds the programs that node gets word for word', async () => {
  const programs = async (code: string) => (await read(code)).programs.map(({ text }) => text);
  expect(await programs(inNode('f();'))).toEqual(['\nf();\n']);
  expect(await programs("/usr/bin/node --eval 'f()' && node -p 'g()'")).toEqual(['f()', 'g()']);
  expect(await programs("docker compose exec -T api node - <<'JS'\nf();\nJS")).toEqual(['f();\n']);
  expect(await programs("docker compose exec -e 'node' api sh -c 'f()'")).toEqual([]);
  expect(await programs('node -e "f($1)"; node run.js <<JS\nf($1)\nJS')).toEqual([]);
});

test('a change must keep shell and program valid', async () => {
  const code = `${inNode('(async () => { await f(1); })();')}\nif true; then sleep 1; fi`;
  expect(await staysValid(code, 'f(1)', 'f(2)')).toBe(true);
  expect(await staysValid(code, 'f(1)', 'f(1')).toBe(false);
  expect(await staysValid(code, 'then sleep', 'sleep')).toBe(false);
  expect(await staysValid(code, 'sleep 1', 'sleep "1')).toBe(false);
});

test('a program with an await or an import at its top is valid, and a broken one may stay broken', async () => {
  expect(await staysValid(inNode('await f(1);'), 'f(1)', 'f(2)')).toBe(true);
  expect(await staysValid(inNode('await f(1);'), 'f(1)', 'f(1')).toBe(false);
  expect(await staysValid(inNode('import a from "a";', 'f(1);'), 'f(1)', 'f(2)')).toBe(true);
});

test('a change must keep the number of lines', async () => {
  expect(await staysValid('sleep 1\nsleep 2', 'sleep 1\n', 'sleep 1; ')).toBe(false);
});
