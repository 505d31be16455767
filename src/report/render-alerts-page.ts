import { cellOutcomes, type AlertsReport, type CellOutcome } from '../alerts/alerts-report.ts';
import { oneLine, withoutCommands } from '../kernel/plain-text.ts';
import type { Verdict } from '../kernel/verdict.ts';
import { count } from '../kernel/words.ts';
import type { AlertPicture } from '../alerts/alert-picture.ts';
import { alertsPageStyle } from './alerts-page-style.ts';
import { markup, trustedMarkup, type Markup } from './markup.ts';
import { pictureStyle } from './picture-style.ts';
import { renderFindings, renderOutcome } from './render-findings.ts';
import { renderRuleSection } from './render-rule-section.ts';

interface PageOptions {
  /** Files below this folder are shown relative to it. */
  readonly cwd: string;
}

/**
 * `alerts.html`: one file without scripts that asks for nothing else. It has the verdict, faults × rules, and for each
 * rule its findings, its times and its pictures with their values.
 * @throws Error if a picture belongs to no rule of the report
 */
export function renderAlertsPage(
  report: AlertsReport,
  pictures: readonly AlertPicture[],
  { cwd }: PageOptions,
): string {
  const { rules, verdict, findings } = report;
  const stray = pictures.find(({ rule, expr }) => !rules.some((one) => one.name === rule && one.expr === expr));
  if (stray) throw new Error(`the picture of ${stray.rule} belongs to no rule of the report`);
  const sections = rules.map((rule, index) =>
    renderRuleSection(rule, {
      number: index + 1,
      pictures: pictures.filter(({ rule: name, expr }) => name === rule.name && expr === rule.expr),
      cwd,
    }),
  );
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Alerts: ${verdict}</title>
<style>${trustedMarkup(alertsPageStyle)}
${trustedMarkup(pictureStyle)}</style>
</head>
<body>
<main>
<header>
<div class="head"><h1>Alerts</h1>${renderOutcome(verdict)}</div>
${renderFacts(report)}
</header>
${renderMatrix(report)}
${findings.length === 0 ? undefined : markup`<section><h2>All rules together</h2>${renderFindings(findings, cwd)}</section>`}
${sections}
</main>
</body>
</html>
`;
  return withoutCommands(page.toString());
}

function renderFacts({ rules, promtool, confirmed, runs }: AlertsReport): Markup {
  const are = (of: Verdict): number => rules.filter(({ verdict }) => verdict === of).length;
  const totals = `${are('pass')} passed, ${are('fail')} failed, ${are('inconclusive')} inconclusive`;
  return markup`<p class="facts">${count(rules.length, 'rule')}: ${totals}. promtool ${oneLine(promtool)} confirmed ${count(confirmed, 'timeline')}. Recorded in ${runs.map((run) => oneLine(run)).join(', ')}.</p>`;
}

const meanings: Readonly<Record<CellOutcome, string>> = {
  fired: 'at every evaluation phase, while the fault lasted',
  late: 'too late, or only at some evaluation phases',
  quiet: 'watched for long enough, and did not fire',
  unknown: 'the recording cannot show it',
};

function renderMatrix({ rules, faults }: AlertsReport): Markup {
  const names = rules.map(
    ({ name }, index) => markup`<th scope="col"><a href="#rule-${index + 1}">${oneLine(name, 60)}</a></th>`,
  );
  const rows = faults.map((fault) => {
    const cells = rules.map(({ cells: of }) => {
      const outcome = of.find(({ scenario }) => scenario === fault)?.outcome ?? 'unknown';
      return markup`<td>${renderOutcome(outcome)}</td>`;
    });
    return markup`<tr><th scope="row">${oneLine(fault, 60)}</th>${cells}</tr>\n`;
  });
  const key = cellOutcomes.map((outcome) => markup`<li>${renderOutcome(outcome)} ${meanings[outcome]}</li>`);
  return markup`<section><h2>Faults × rules</h2>
<div class="wide" tabindex="0"><table class="matrix"><thead><tr><th scope="col">fault</th>${names}</tr></thead>
<tbody>${rows}</tbody></table></div>
<ul class="key">${key}</ul></section>`;
}
