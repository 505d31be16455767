import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

import { orUndefinedIfMissing } from '../kernel/missing-file.ts';

/**
 * The files that Compose reads for a compose file: itself, `.env`, and those that it names in `include`, `extends`,
 * `env_file`, `label_file`, `configs` and `secrets`. A name with a variable in it is left out.
 * @returns absolute paths of files that exist
 */
export async function composeInputs(projectDir: string, composeFile: string): Promise<readonly string[]> {
  const folders = [...new Set([path.dirname(composeFile), projectDir])];
  const found = new Set<string>();
  const add = async (file: string, isCompose: boolean): Promise<void> => {
    if (found.has(file) || !(await isFile(file))) return;
    found.add(file);
    if (!isCompose) return;
    // Depending on its place, Compose resolves a name against the file that has it, or against the project.
    const resolve = (name: string): readonly string[] =>
      [path.dirname(file), ...folders].map((folder) => path.resolve(folder, name));
    const { models, others } = namesIn(parse(await readFile(file, 'utf8'), { logLevel: 'silent' }));
    for (const one of models.flatMap(resolve)) await add(one, true);
    for (const one of others.flatMap(resolve)) await add(one, false);
  };
  await add(path.resolve(projectDir, composeFile), true);
  for (const folder of folders) await add(path.join(folder, '.env'), false);
  return [...found];
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(orUndefinedIfMissing))?.isFile() === true;
}

/** The names of files in a parsed compose file: those of further compose files, and others. */
function namesIn(model: unknown): { readonly models: readonly string[]; readonly others: readonly string[] } {
  const services = valuesOf(field(model, 'services'));
  const includes = listOf(field(model, 'include'));
  const named = [...valuesOf(field(model, 'configs')), ...valuesOf(field(model, 'secrets'))];
  return {
    models: texts([
      ...includes.flatMap((one) => (typeof one === 'string' ? [one] : listOf(field(one, 'path')))),
      ...services.map((service) => field(field(service, 'extends'), 'file')),
    ]),
    others: texts([
      ...includes.flatMap((one) => listOf(field(one, 'env_file'))),
      ...services.flatMap((service) =>
        [...listOf(field(service, 'env_file')), ...listOf(field(service, 'label_file'))].map((one) =>
          typeof one === 'string' ? one : field(one, 'path'),
        ),
      ),
      ...named.map((one) => field(one, 'file')),
    ]),
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string' && !value.includes('$')) as readonly string[];
}
