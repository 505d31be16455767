import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { sample } from '../../test/support/sample.ts';
import { hostileBlocks, type HostileBlock } from './testing/hostile-blocks.ts';
import type { HostileWorld, Ran } from './testing/hostile-world.ts';
import { startHostileWorld, type Started } from './testing/start-hostile-world.ts';

let started: Started;
let world: HostileWorld;
beforeAll(async () => {
  started = await startHostileWorld();
  ({ world } = started);
});
afterAll(() => started[Symbol.asyncDispose]());

/** Everything that an attack could have done; put back afterwards, so that the next one starts from the same. */
async function harmsOf({ output }: Ran, { harm }: HostileBlock): Promise<readonly string[]> {
  const harms: string[] = [...(await world.harms())];
  if (harms.length > 0) await world.restore();
  const sought = harm instanceof RegExp ? harm : /SECRET/;
  const source = sought.source.replace('SECRET', world.secret).replace('MARK', world.mark);
  return new RegExp(source, sought.flags).test(output) ? [...harms, 'printed'] : harms;
}

describe.each(sample('hostile-blocks', hostileBlocks, ({ what }) => what))('$what', (block) => {
  test('fails through the wall', async () => {
    const ran = await world.runWalled(block.script);
    expect(await harmsOf(ran, block), ran.output).toEqual([]);
    expect(ran.output).toMatch(block.says ?? /(?:)/);
    expect(ran.exitCode === 0, `exit code ${ran.exitCode}`).toBe(block.endsWell === true && ran.exitCode === 0);
    const attempts = ran.events.filter(({ outcome }) => outcome === 'refused').map(({ attempt }) => attempt);
    const told = attempts.some((attempt) => block.attempt?.test(attempt));
    expect(told, attempts.join('; ')).toBe(block.attempt !== undefined);
  });

  test.skipIf(block.notShown !== undefined)('works on the engine’s own socket', async () => {
    const ran = await world.runBare(block.script);
    expect(await harmsOf(ran, block), ran.output).toContain(block.harm instanceof RegExp ? 'printed' : block.harm);
  });
});
