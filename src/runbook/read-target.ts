import { readsOnly } from '../history/reads-only.ts';
import { afterOptions, composeValued, dockerValued, execValued } from './never-ends.ts';
import type { Command } from './runbook.ts';

type Words = readonly (string | undefined)[];

/**
 * What a command asks that surely changes nothing: the service in whose container it runs, or the host to which it
 * connects. Undefined: it may change something, or does not say whom it asks.
 */
export function readTarget({ kind, words }: Pick<Command, 'kind' | 'words'>): string | undefined {
  if (kind !== 'simple') return undefined;
  const inside = execOf(words);
  if (inside) return inside.service !== undefined && readsOnly(inside.command) ? inside.service : undefined;
  return readsOnly(words) ? hostOf(words) : undefined;
}

/** The service and the command of `docker compose exec`. Undefined for any other command. */
function execOf([name, ...args]: Words): { readonly service: string | undefined; readonly command: Words } | undefined {
  if (name !== 'docker' && name !== 'docker-compose') return undefined;
  const verbs = name === 'docker' ? afterOptions(args, dockerValued) : ['compose', ...args];
  const [verb, ...rest] = verbs[0] === 'compose' ? afterOptions(verbs.slice(1), composeValued) : [];
  if (verb !== 'exec') return undefined;
  const [service, ...command] = afterOptions(rest, execValued);
  return { service, command };
}

function hostOf([name, ...args]: Words): string | undefined {
  if (name === 'redis-cli') return args[args.indexOf('-h') + 1 || args.length];
  if (name === 'nc') return afterOptions(args, ['-w'])[0];
  if (name !== 'curl') return undefined;
  const url = args.find((arg) => arg?.startsWith('http'));
  return url === undefined ? undefined : /^https?:\/\/([^/:?#]+)/.exec(url)?.[1];
}
