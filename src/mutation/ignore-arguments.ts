import type { FleetNames } from './mutant.ts';
import type { Change, ReadBlock } from './read-block.ts';

/** `$1`, `${1}`, `${1:-default}`, `${1:?message}`. */
const argument = /^\$(?:[1-9]|\{[1-9](?::?([-=?])([^]*))?\})$/;

/** The block works on its default, or on a fixed queue or service, whatever the caller names. */
export function* ignoreArguments({ code, expansions }: ReadBlock, fleet: FleetNames): Generator<Change> {
  for (const { start, end } of expansions) {
    const match = argument.exec(code.slice(start, end));
    if (!match) continue;
    const [, sign, value = ''] = match;
    const fallback = sign === '?' || value === '' ? fixedValue(code, start, fleet) : value;
    if (fallback !== undefined) yield { start, end, text: fallback };
  }
}

/** The variable says what the argument names: `QUEUE="$1"`, `service=$2`. */
function fixedValue(code: string, start: number, { queues, services }: FleetNames): string | undefined {
  const variable = /(\w+)="?$/.exec(code.slice(0, start))?.[1] ?? '';
  const names = /queue/i.test(variable) ? queues : /service|container|worker/i.test(variable) ? services : [];
  return names.find((name) => !new RegExp(`(?<![\\w.-])${RegExp.escape(name)}(?![\\w.-])`).test(code));
}
