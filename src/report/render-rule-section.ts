import type { Cell, RuleReport, Spread } from '../alerts/alerts-report.ts';
import { seconds } from '../alerts/say-time.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { realTimeAt, type AlertPicture } from '../alerts/alert-picture.ts';
import { describePicture, placeOfPicture } from './describe-picture.ts';
import { place } from './explain.ts';
import { markup, type Markup } from './markup.ts';
import { rowsOf, thinRows } from './picture-rows.ts';
import { clockText } from './picture-scale.ts';
import { renderFindings, renderOutcome } from './render-findings.ts';
import { sayHealthy } from './render-alerts.ts';
import { drawPicture } from './render-rule-svg.ts';

interface SectionOptions {
  /** Unique on the page. */
  readonly number: number;
  readonly pictures: readonly AlertPicture[];
  readonly cwd: string;
}

/** All about one rule. */
export function renderRuleSection(rule: RuleReport, { number, pictures, cwd }: SectionOptions): Markup {
  const figures = pictures.map((picture, index) => renderFigure(picture, `picture-${number}-${index + 1}`));
  return markup`<section class="rule" id="rule-${number}">
<div class="head"><h2>${oneLine(rule.name)}</h2>${renderOutcome(rule.verdict)}<span class="place">${place(rule.location, cwd)}</span></div>
<pre><code>${plainText(rule.expr)}${rule.for === undefined ? '' : `  for ${oneLine(rule.for)}`}</code></pre>
<p>Healthy fleet: ${sayHealthy(rule.healthy)}.</p>
${renderFindings(rule.findings, cwd)}
${renderTimes(rule.cells)}
${figures}
</section>
`;
}

function renderTimes(cells: readonly Cell[]): Markup | undefined {
  if (cells.length === 0) return undefined;
  return markup`<h3>Each fault</h3>
<table class="times"><thead><tr><th scope="col">fault</th><th scope="col">outcome</th><th scope="col">fault to alert (best / median / worst phase)</th><th scope="col">recovery to cleared</th></tr></thead>
<tbody>${cells.map(renderCell)}</tbody></table>`;
}

function renderCell({ scenario, arm, outcome, reason, firing, missingMs }: Cell): Markup {
  const more = missingMs === undefined ? '' : `; ${seconds(missingMs)} more would show it`;
  const head = markup`<th scope="row">${oneLine(scenario)}${arm === undefined ? undefined : markup` <span class="why">${arm} arm</span>`}</th><td>${renderOutcome(outcome)}</td>`;
  if (!firing) return markup`<tr>${head}<td colspan="2" class="why">${oneLine(reason, 500)}${more}</td></tr>\n`;
  const { metricMs, scrapeMs, evaluationMs, forMs } = firing.worst.delay;
  const { resolvedS, firingS } = firing.worst;
  return markup`<tr>${head}<td data-label="fault to alert (best / median / worst phase)">${renderSpread(firing.delayMs)}
<div class="why">worst = metric ${seconds(metricMs)} + scrape ${seconds(scrapeMs)} + evaluation ${seconds(evaluationMs)} + for ${seconds(forMs)}</div>${
    outcome === 'fired' ? undefined : markup`<div class="why">${oneLine(reason, 500)}</div>`
  }</td><td data-label="recovery to cleared">${renderSpread(firing.clearedMs)}<div class="why">${resolvedS === undefined ? 'fired to the end' : `fired for ${seconds(resolvedS - firingS)}`}</div></td></tr>\n`;
}

function renderSpread(spread: Spread | undefined): Markup {
  if (!spread) return markup`not shown`;
  return markup`${seconds(spread.min)} / ${seconds(spread.median)} / <b>${seconds(spread.worst)}</b>`;
}

const [fullWidth, narrowWidth] = [1032, 360];

/** The picture for a laptop and for a phone, of which a browser shows one. */
function renderFigure(picture: AlertPicture, id: string): Markup {
  const full = drawPicture(picture, { width: fullWidth, id, alone: false });
  const narrow = drawPicture(picture, { width: narrowWidth, id: `${id}-narrow`, alone: false });
  return markup`<figure><figcaption><b>${placeOfPicture(picture)}</b><p>${describePicture(picture)}</p></figcaption>
<div class="full">${full}</div><div class="narrow">${narrow}</div>
${renderValues(picture)}</figure>
`;
}

const mostRows = 200;

function renderValues(picture: AlertPicture): Markup {
  const all = rowsOf(picture);
  const rows = thinRows(all, mostRows);
  const lines = rows.map(
    ({ s, value, alert, event }) =>
      markup`<tr><td class="number">${clockText(s - picture.startS)}</td><td class="number">${clockText(realTimeAt(picture, s))}</td><td class="number">${value ?? 'no value'}</td><td>${alert}</td><td>${event}</td></tr>\n`,
  );
  const left = all.length - rows.length;
  return markup`<details><summary>Values behind this picture</summary>
<div class="wide" tabindex="0"><table class="values"><thead><tr><th scope="col" class="number">sandbox</th><th scope="col" class="number">real</th><th scope="col" class="number">value</th><th scope="col">alert</th><th scope="col">event</th></tr></thead>
<tbody>${lines}</tbody></table></div>${left > 0 ? markup`<p class="why">${left} of ${all.length} changes are left out.</p>` : undefined}</details>`;
}
