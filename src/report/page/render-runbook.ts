import { count } from '../../kernel/words.ts';
import { markup, type Markup } from '../markup.ts';
import { renderTone } from './render-tone.ts';
import { lineLink, scenarioLinks, type LineFacts, type Remark } from './runbook-lines.ts';
import type { Tone } from './time-panel.ts';

/** More would make the page too large. */
const [mostLines, mostOfLine] = [5000, 400];

const tones: Readonly<Record<Remark['kind'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'unclear',
  covered: 'good',
  'not covered': 'unclear',
  'not understood': 'unclear',
  read: 'plain',
  edited: 'unclear',
  'to change': 'bad',
};

/**
 * The runbook's own text, line by line: how often each command ran, and what the run says about the line.
 * @param text undefined if the history does not have it; then only lines with facts are listed
 */
export function renderRunbook(text: string | undefined, facts: ReadonlyMap<number, LineFacts>): Markup {
  const source = text?.split(/\r\n|\n|\r/) ?? [];
  const all = text === undefined ? [...facts.keys()].toSorted((a, b) => a - b) : source.map((_, index) => index + 1);
  const lines = all.slice(0, mostLines);
  const rows = lines.map((line) => renderLine(line, source[line - 1] ?? '', facts.get(line)));
  const left = all.length - lines.length;
  return markup`${text === undefined ? markup`<p class="why">This history is older and does not hold the runbook’s text. Only lines about which the run says something are listed.</p>` : undefined}
<p class="why">The bar beside a line shows how often its command ran. A remark stands below its line.</p>
<div class="wide" tabindex="0" role="group" aria-label="The runbook by line"><table class="source"><thead><tr><th scope="col">line<th scope="col">ran<th scope="col">text
<tbody>${rows}</table></div>
${left > 0 ? markup`<p class="why">${count(left, 'line')} more are not shown.</p>` : undefined}`;
}

function renderLine(line: number, text: string, facts: LineFacts | undefined): Markup {
  const { runs = 0, uncovered = false, remarks = [] } = facts ?? {};
  const shown =
    text.length > mostOfLine ? `${text.slice(0, mostOfLine)}… (${text.length - mostOfLine} characters more)` : text;
  return markup`<tr id="L${line}"${heat(runs, uncovered)}><th scope="row">${lineLink(line)}<td class="ran">${runs === 0 ? '' : `${runs}×`}<td><code>${shown}</code>${remarks.map(renderRemark)}
`;
}

function heat(runs: number, uncovered: boolean): Markup | undefined {
  if (uncovered) return markup` class="uncovered"`;
  if (runs === 0) return undefined;
  const level = runs < 3 ? 1 : runs < 10 ? 2 : 3;
  return markup` class="heat-${level}"`;
}

function renderRemark({ kind, text, scenarios }: Remark): Markup {
  return markup`<div class="remark ${tones[kind]}">${renderTone(tones[kind], kind)} ${text.slice(0, 600)} ${scenarioLinks(scenarios)}</div>`;
}
