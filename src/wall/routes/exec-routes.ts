import type { Body } from '../compare-creation.ts';
import { EngineAnswer } from '../engine-client.ts';
import { notFound, refuse } from '../refusal.ts';
import type { ContainerMember } from '../boundary.ts';
import type { Call, Route } from '../route.ts';
import { curlHome, hidesStatus, watchAnswer, type ContainerCommand } from '../watch-answer.ts';

const execFields = [
  'AttachStdin',
  'AttachStdout',
  'AttachStderr',
  'Tty',
  'Cmd',
  'Env',
  'User',
  'WorkingDir',
  'Detach',
  'DetachKeys',
  'ConsoleSize',
  'Privileged',
];
const startFields = ['Detach', 'Tty', 'ConsoleSize'];

const create: Route = {
  method: 'POST',
  path: 'containers/:container/exec',
  body: 'json',
  async act(call) {
    const member = await call.boundary.container(call.named['container'] ?? '');
    const { body = {} } = call;
    const what = `run ${commandOf(body)} in ${member.name}`;
    call.boundary.mustBeFleet(member, what);
    mustHaveOnly(body, execFields, what);
    if (body['Privileged'] !== undefined && body['Privileged'] !== false)
      throw refuse(`${what} with privileges`, 'no command gets more privileges than its container');
    call.reportTouched(member.service);
    if (!member.singleRun) call.reportEntered(member.service, wordsOf(body));
    const told = hidesStatus(wordsOf(body)) ? withCurlConfig(body) : body;
    return {
      kind: 'pass',
      upstream: { method: 'POST', target: call.target(['containers', member.id, 'exec']), body: told },
    };
  },
};

const start: Route = {
  method: 'POST',
  path: 'exec/:exec/start',
  body: 'json',
  async act(call) {
    const id = call.named['exec'] ?? '';
    const { service, command } = await memberOf(call);
    const { body = {} } = call;
    // Some clients send further fields. The engine gets none of those, because it might understand them differently.
    const known = Object.fromEntries(startFields.filter((field) => field in body).map((field) => [field, body[field]]));
    const upstream = { method: 'POST', target: call.target(['exec', id, 'start']), body: known };
    if (body['Detach'] === true) return { kind: 'pass', upstream };
    return { kind: 'hijack', upstream, watch: watchAnswer(command, (answer) => call.reportAnswer(service, answer)) };
  },
};

export const execRoutes: readonly Route[] = [
  create,
  start,
  {
    method: 'GET',
    path: 'exec/:exec/json',
    async act(call) {
      await memberOf(call);
      return {
        kind: 'pass',
        upstream: { method: 'GET', target: call.target(['exec', call.named['exec'] ?? '', 'json']) },
      };
    },
  },
  {
    method: 'POST',
    path: 'exec/:exec/resize',
    query: ['h', 'w'],
    async act(call) {
      await memberOf(call);
      return {
        kind: 'pass',
        upstream: { method: 'POST', target: call.target(['exec', call.named['exec'] ?? '', 'resize']) },
      };
    },
  },
];

/** The container in which a command runs, and the command. @throws Refusal unless it belongs to the fleet */
async function memberOf({
  engine,
  boundary,
  named,
}: Call): Promise<ContainerMember & { readonly command: ContainerCommand }> {
  const id = named['exec'] ?? '';
  if (!/^[0-9a-f]{64}$/.test(id)) throw notFound('exec instance', id);
  let exec: ExecFacts;
  try {
    exec = (await engine.json({ method: 'GET', target: `/exec/${id}/json` })) as ExecFacts;
  } catch (error) {
    if (error instanceof EngineAnswer && error.status === 404) throw notFound('exec instance', id);
    throw error;
  }
  const own = (await boundary.containers()).find(({ Id }) => Id === exec.ContainerID);
  if (!own) throw notFound('exec instance', id, 'reach a command of a container that is not of this sandbox');
  const member = await boundary.container(own.Id);
  boundary.mustBeFleet(member, `reach a command in ${member.name}`);
  const { entrypoint, arguments: words = [], tty = false } = exec.ProcessConfig ?? {};
  return { ...member, command: { words: entrypoint === undefined ? [] : [entrypoint, ...words], tty } };
}

/** What the engine says of a command, as far as the wall reads it. */
interface ExecFacts {
  readonly ContainerID?: unknown;
  readonly ProcessConfig?: {
    readonly entrypoint?: string;
    readonly arguments?: readonly string[];
    readonly tty?: boolean;
  };
}

/** The command's environment with the configuration that makes curl report the status, unless it has one of its own. */
function withCurlConfig(body: Body): Body {
  const given = Array.isArray(body['Env']) ? body['Env'].map(String) : [];
  return given.some((one) => one.startsWith('CURL_HOME=')) ? body : { ...body, Env: [...given, curlHome] };
}

/** Refuses a field that is not spelled exactly as expected, because the engine accepts any spelling. */
function mustHaveOnly(body: Body, fields: readonly string[], what: string): void {
  const odd = Object.keys(body).find((key) => !fields.includes(key));
  if (odd !== undefined) throw refuse(what, `the field ${odd} is not known`);
}

function wordsOf({ Cmd }: Body): readonly string[] {
  return Array.isArray(Cmd) ? Cmd.map(String) : [];
}

function commandOf(body: Body): string {
  const words = wordsOf(body).join(' ');
  return words.length > 60 ? `\`${words.slice(0, 59)}…\`` : `\`${words}\``;
}
