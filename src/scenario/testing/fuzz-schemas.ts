import { readdirSync, readFileSync } from 'node:fs';

import { anything, constantFrom, oneof, tuple, type Arbitrary } from 'fast-check';

import { InputError } from '../../kernel/errors.ts';
import { damages, deep, inflict } from '../../kernel/testing/damage.ts';
import type { FuzzTarget } from '../../kernel/testing/fuzz-worker.ts';
import { parseConfig } from '../../config/define-config.ts';
import { parseScenario } from '../define-scenario.ts';
import { readModule } from '../../config/load-module.ts';

const root = new URL('../../../', import.meta.url);

interface Sample {
  readonly what: 'configuration' | 'scenario';
  readonly source: string;
  readonly value: unknown;
}

async function load(what: Sample['what'], file: string): Promise<Sample> {
  const url = new URL(file, root);
  const { default: value } = (await import(url.href)) as { default: unknown };
  return { what, value, source: readFileSync(url, 'utf8') };
}

const samples = await Promise.all([
  load('configuration', 'fixtures/small-fleet/drillbook.config.ts'),
  ...readdirSync(new URL('scenarios/', root))
    .filter((name) => name.endsWith('.scenario.ts'))
    .map((name) => load('scenario', `scenarios/${name}`)),
]);

const circle: Record<string, unknown> = {};
circle['circle'] = circle;
const foreign = oneof(
  constantFrom<unknown[]>(circle, [circle], 1n, [1n], Symbol('s'), NaN, /x/, () => 1, deep(1000)),
  anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
);

const inputsOf = (what: Sample['what']): Arbitrary<Sample> => {
  const ours = constantFrom(...samples.filter((sample) => sample.what === what));
  return oneof(
    {
      weight: 9,
      arbitrary: tuple(ours, damages(foreign)).map(([sample, list]) => ({
        ...sample,
        value: list.reduce(inflict, sample.value),
      })),
    },
    { weight: 1, arbitrary: tuple(ours, foreign).map(([sample, value]) => ({ ...sample, value })) },
  );
};

type Reader = (sample: Sample) => unknown;
const asScenario: Reader = ({ value, source }) => readModule(value, source, 'x.ts', 'scenario', parseScenario);
const asConfiguration: Reader = ({ value, source }) => readModule(value, source, 'x.ts', 'configuration', parseConfig);

/** The value of a module is either read by its schema or refused with a line in its file. */
function targetOf(what: Sample['what'], read: Reader): FuzzTarget<Sample> {
  return {
    inputs: inputsOf(what),
    check(sample) {
      try {
        read(sample);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const { file, line = 0 } = error.location ?? {};
        if (file !== 'x.ts' || line < 1 || line > sample.source.split('\n').length)
          throw new Error(`no place in the file: ${line}`, { cause: error });
        if (error.message.length > 1000)
          throw new Error(`that is no sentence: ${error.message.length} characters`, { cause: error });
      }
    },
  };
}

export const targets = {
  scenario: targetOf('scenario', asScenario),
  configuration: targetOf('configuration', asConfiguration),
};
