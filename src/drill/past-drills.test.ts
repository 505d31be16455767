import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { judgeDrill } from '../verdict/drill/judge-drill.ts';
import { asHistory, recordDrill } from '../verdict/testing/record-drill.ts';
import { forgetPlayer, readPastDrills } from './past-drills.ts';

test('drills with a readable debrief are found, and a forgotten player leaves nothing', async () => {
  const project = await mkdtemp(path.join(tmpdir(), 'drillbook-past-'));
  try {
    const debrief = await judgeDrill(asHistory(recordDrill()));
    const folders = {
      one: JSON.stringify(debrief),
      two: JSON.stringify({ ...debrief, player: 'bob' }),
      three: '{"schema',
    };
    for (const [name, text] of Object.entries(folders)) {
      await mkdir(path.join(project, 'reports', name), { recursive: true });
      await writeFile(path.join(project, 'reports', name, 'debrief.json'), text);
    }
    await mkdir(path.join(project, 'reports', 'of-a-gate'));
    expect((await readPastDrills(project)).map(({ debrief: { player } }) => player)).toEqual(['ana', 'bob']);
    expect(await forgetPlayer(project, 'bob')).toEqual([path.join(project, 'reports', 'two')]);
    expect(await forgetPlayer(project, 'bob')).toEqual([]);
    expect((await readdir(path.join(project, 'reports'))).toSorted()).toEqual(['of-a-gate', 'one', 'three']);
  } finally {
    await rm(project, { recursive: true });
  }
});
