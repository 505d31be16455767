import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { composeInputs } from './compose-inputs.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-inputs-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function inputsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const project = await mkdtemp(path.join(folder, 'project-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(project, name)), { recursive: true });
    await writeFile(path.join(project, name), text);
  }
  const found = await composeInputs(project, path.join(project, 'deploy/compose.yml'));
  return found.map((file) => path.relative(project, file)).toSorted();
}

test('finds the compose file and `.env`, and nothing beside them', async () => {
  const files = { 'deploy/compose.yml': 'services: {}\n', 'deploy/notes.md': 'x', '.env': 'A=1', 'deploy/.env': 'A=2' };
  expect(await inputsOf(files)).toEqual(['.env', 'deploy/.env', 'deploy/compose.yml']);
});

test('finds what compose files name, also through each other', async () => {
  const compose = `
include: [more.yml, { path: [parts/a.yml, parts/b.yml], env_file: parts/.env }]
services:
  api:
    extends: { file: common.yml, service: base }
    env_file: [one.env, { path: two.env, required: false }]
    label_file: labels
    ports: !reset []
configs: { site: { file: ./site.conf } }
secrets: { key: { file: key.txt }, other: { environment: KEY } }
`;
  const names = [
    ...['more.yml', 'parts/a.yml', 'parts/b.yml', 'parts/.env', 'one.env', 'two.env', 'labels', 'site.conf', 'key.txt'],
    'parts/deep.env',
  ];
  const files = Object.fromEntries(names.map((name) => [`deploy/${name}`, '']));
  expect(
    await inputsOf({
      ...files,
      'deploy/compose.yml': compose,
      'deploy/common.yml': 'services: { base: { extends: { file: ./compose.yml, service: api } } }',
      'deploy/parts/a.yml': 'services: { b: { env_file: deep.env } }',
      'deploy/unused.yml': '',
    }),
  ).toEqual([...names, 'common.yml', 'compose.yml'].map((name) => `deploy/${name}`).toSorted());
});

test('leaves out names with variables, and files that are missing', async () => {
  const compose = 'services: { a: { env_file: ["${STAGE}.env", missing.env] } }';
  expect(await inputsOf({ 'deploy/compose.yml': compose, 'deploy/x.env': '' })).toEqual(['deploy/compose.yml']);
});
