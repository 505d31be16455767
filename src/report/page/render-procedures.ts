import { oneLine } from '../../kernel/plain-text.ts';
import type { CommandRan } from '../../history/events.ts';
import { count, seconds } from '../../kernel/words.ts';
import type { ProcedureRecord } from '../../record/arm-record.ts';
import { markup, type Markup } from '../markup.ts';
import { commandOutcome, procedureOutcome } from './procedure-outcome.ts';
import { renderTone } from './render-tone.ts';
import { lineLink } from './runbook-lines.ts';

/** The id of the element about one block that an arm ran. */
export function procedureId(panel: string, index: number): string {
  return `${panel}-block-${index + 1}`;
}

/** The output of a block on the page; its transcript has all of it. */
const mostOutput = 2000;
/** So many commands of a block stand on the page. A loop can run thousands. */
export const mostCommands = 200;

/** Where the rest of a block is shown. */
interface Around {
  /** Id of the panel of the arm. */
  readonly panel: string;
  /** Name of the file beside the page that has every command. */
  readonly file: string;
}

/** What the blocks of an arm ran, command by command. Each time sets the cursor of the arm's panel. */
export function renderProcedures(procedures: readonly ProcedureRecord[], around: Around): Markup | undefined {
  if (procedures.length === 0) return undefined;
  const blocks = procedures.map((procedure, index) =>
    renderProcedure(procedure, around, procedureId(around.panel, index)),
  );
  return markup`<div class="blocks">${blocks}</div>`;
}

function renderProcedure(procedure: ProcedureRecord, { panel, file }: Around, id: string): Markup {
  const { started, commands, ended, prompts } = procedure;
  const { tone, text } = procedureOutcome(procedure);
  const took = ended ? ` after ${seconds(ended.durationMs)}` : '';
  const args = started.args.length === 0 ? '' : ` ${started.args.map((arg) => oneLine(arg, 60)).join(' ')}`;
  const left = commands.length - mostCommands;
  const rows = commands.slice(0, mostCommands).map((command) => renderCommand(command, procedure, panel));
  const asked = prompts.map(
    ({ text: question, answer }) =>
      markup`<p class="why">It asked “${oneLine(question, 120)}”; ${answer === null ? 'nothing answered' : markup`the answer was “${oneLine(answer, 40)}”`}.</p>`,
  );
  const unfilled =
    ended && ended.unfilled.length > 0
      ? markup`<p class="why">Without a value: ${ended.unfilled.map((one) => oneLine(one, 60)).join(', ')}</p>`
      : undefined;
  return markup`<div class="block" id="${id}"><div class="head"><h5>${oneLine(started.address)}${args}</h5><span class="purpose">${started.purpose}</span>${renderTone(tone, `${text}${took}`)}<a class="seek-to" href="#${panel}" data-t="${Math.round(started.t)}">show in the timeline</a>${lineLink(started.location.line, `line ${started.location.line}`)}</div>
${
  rows.length === 0
    ? undefined
    : markup`<div class="wide" tabindex="0" role="group" aria-label="Commands of ${oneLine(started.address)}"><table class="commands"><thead><tr><th scope="col">line<th scope="col">command<th scope="col">outcome<th scope="col" class="number">took
<tbody>${rows}</table></div>${left > 0 ? markup`<p class="why">${count(left, 'command')} more are in ${file}.</p>` : undefined}`
}
${asked}${unfilled}${renderOutput(ended?.output ?? '')}</div>
`;
}

function renderCommand(command: CommandRan, { started }: ProcedureRecord, panel: string): Markup {
  const { location, text, durationMs, output } = command;
  const outcome = commandOutcome(command, started);
  const said =
    outcome.tone === 'bad' && output !== undefined ? markup`<pre class="text">${cut(output, 600)}</pre>` : undefined;
  return markup`<tr><td>${lineLink(location.line)}<td><a class="seek-to" href="#${panel}" data-t="${Math.round(started.t + command.startedMs)}"><code>${oneLine(text)}</code></a>${said}<td>${renderTone(outcome.tone, outcome.text)}<td class="number">${durationMs === null ? '–' : seconds(durationMs)}\n`;
}

function renderOutput(output: string): Markup | undefined {
  if (output.trim() === '') return undefined;
  return markup`<details class="output"><summary>Output</summary><pre class="text">${cut(output, mostOutput)}</pre></details>`;
}

/** The end of a text: what a command says last is what matters. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `… (${text.length - most} characters before this)\n${text.slice(-most)}`;
}
