import { readsOnly } from '../history/reads-only.ts';

type Words = readonly (string | undefined)[];

/** Programs that only print or wait. */
const harmless = new Set(
  'cd pwd echo printf test [ [[ true false sleep date whoami hostname grep egrep head tail less more wc sort uniq cut jq history clear drill man which type'.split(
    ' ',
  ),
);
const dockerReads = new Set('ps logs inspect stats top images version info events port diff'.split(' '));
const composeReads = new Set('ps logs config top images version ls port events'.split(' '));
const composeValued = /^(?:-p|-f|--project-name|--file|--project-directory|--env-file|--profile)$/;

/** Whether a command only looks. More forms than `readsOnly` knows, because nothing but the debrief rests on it. */
export function isInspection([name, ...args]: Words): boolean {
  if (name === undefined) return false;
  const program = name.replace(/^.*\//, '');
  if (harmless.has(program)) return true;
  if (program === 'env') return isEnvInspection(args);
  if (program === 'docker-compose') return isComposeInspection(args);
  if (program !== 'docker') return false;
  if (args[0] === 'compose') return isComposeInspection(args.slice(1));
  return dockerReads.has(args[0] ?? '') || (args[0] === 'container' && dockerReads.has(args[1] ?? ''));
}

/** `env` prints the environment, or runs the command that follows its options and assignments. */
function isEnvInspection(args: Words): boolean {
  const at = args.findIndex((arg) => arg === undefined || !/^(?:-|-i|-0|--null|--ignore-environment)$|^\w+=/.test(arg));
  const inner = at < 0 ? [] : args.slice(at);
  return inner.length === 0 || readsOnly(inner) || isInspection(inner);
}

function isComposeInspection(args: Words): boolean {
  const at = firstPlain(args);
  const verb = args[at];
  if (verb !== 'exec') return verb !== undefined && composeReads.has(verb);
  const service = at + 1 + firstPlain(args.slice(at + 1));
  const inner = args.slice(service + 1);
  return readsOnly(inner) || isInspection(inner);
}

/** The place of the first word that is no option. */
function firstPlain(args: Words): number {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    if (arg !== undefined && composeValued.test(arg)) at += 1;
    else if (arg === undefined || !arg.startsWith('-')) return at;
  }
  return args.length;
}
