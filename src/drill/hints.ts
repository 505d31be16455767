import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { Section } from '../runbook/runbook.ts';

export interface Hint {
  readonly price: number;
  /** What it will say, in general. Shown before it is taken. */
  readonly about: string;
  readonly text: string;
}

const abouts = {
  branch: 'the branch of the runbook',
  symptom: 'a block that shows the symptom',
  part: 'the broken part',
  cure: 'the block that cures it',
} as const;

const faultless: readonly Hint[] = [
  { price: 5, about: abouts.branch, text: 'no branch of the runbook applies' },
  { price: 10, about: abouts.symptom, text: 'there is no symptom to show' },
  { price: 15, about: abouts.part, text: 'no part is broken' },
  { price: 25, about: abouts.cure, text: 'there is nothing to cure' },
];

/**
 * The ladder of hints, from the plan of the scenario: the branch of the runbook, a block that shows the symptom, the
 * broken part, and the block that cures it. Each says more and costs more than the one before. Without a fault the
 * ladder looks the same until a hint is taken, so that asking for its price gives nothing away.
 */
export function hintsFor({ plan, diagnosis, recovery }: BoundScenario, components: readonly string[]): readonly Hint[] {
  const [cure, look] = [recovery[0]?.procedure, diagnosis[0]?.procedure];
  if (!plan.fault || !cure) return faultless;
  const [part = 'no single part'] = components;
  return [
    { price: 5, about: abouts.branch, text: `look at ${nameOf(cure.section)}` },
    {
      price: 10,
      about: abouts.symptom,
      text: look ? `run ${look.address}:\n${look.code}` : 'the runbook has no block that shows it',
    },
    { price: 15, about: abouts.part, text: `the broken part is ${part}` },
    { price: 25, about: abouts.cure, text: `run ${cure.address}:\n${cure.code}` },
  ];
}

function nameOf({ number, title }: Section): string {
  return `${number} ${title}`.trim();
}
