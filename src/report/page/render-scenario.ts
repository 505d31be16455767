import type { Arm, RunStarted } from '../../history/events.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import { count, seconds } from '../../kernel/words.ts';
import type { ScenarioRecord } from '../../record/run-record.ts';
import type { Check, ScenarioReport } from '../../verdict/run-report.ts';
import { explainFinding, unmetChecks } from '../explain.ts';
import { markup, type Markup } from '../markup.ts';
import { renderOutcome } from '../render-findings.ts';
import { armPanel, panelId } from './arm-panel.ts';
import type { Positions } from './positions.ts';
import { renderLedger } from './render-ledger.ts';
import { renderPanel } from './render-panel.ts';
import { renderProcedures } from './render-procedures.ts';
import { lineLink, scenarioAnchor } from './runbook-lines.ts';
import type { TimePanel } from './time-panel.ts';

export interface ScenarioInput {
  readonly run: RunStarted;
  readonly scenario: ScenarioReport;
  readonly record: ScenarioRecord;
  readonly casts: ReadonlyMap<string, string>;
  readonly mostOfCast: number;
  readonly positions: Positions;
}

/** The panels of both arms, as far as they ran. */
export function scenarioPanels({
  run,
  scenario,
  record: { plan, arms },
  casts,
  mostOfCast,
}: ScenarioInput): readonly TimePanel[] {
  return (['treatment', 'control'] as const).flatMap((arm) => {
    const record = arms[arm];
    const panel = record && armPanel({ run, plan, arm, record, recovery: scenario.recovery, casts, mostOfCast });
    return panel ?? [];
  });
}

/** All about one scenario. It is open if it did not pass. */
export function renderScenario(input: ScenarioInput, panels: readonly TimePanel[]): Markup {
  const { scenario, record, positions } = input;
  const { id, title, verdict, ledger, checks } = scenario;
  return markup`<details class="scenario" id="${scenarioAnchor(id)}"${verdict === 'pass' ? undefined : markup` open`}>
<summary><h3>${oneLine(id, 80)}</h3>${renderOutcome(verdict)}<span class="title">${oneLine(title, 300)}</span></summary>
${renderUnmet(checks)}
${renderFacts(scenario)}
${panels.map((panel) => renderPanel(panel, positions))}
<h4>What ran</h4>
${renderArm(input, 'treatment')}${renderArm(input, 'control')}
${ledger === null ? undefined : markup`<h4>What became of the jobs</h4>${renderLedger({ ledger, contract: record.plan.jobs, file: 'report.json' }, positions)}`}
<details class="checks"><summary>All ${checks.length} checks</summary><ul class="findings">${checks.map(renderCheck)}</ul></details>
</details>
`;
}

/** More findings of a check are folded away. */
const [mostFindings, mostFolded] = [8, 100];

/** The checks that did not pass, each with its findings and their lines. */
export function renderUnmet(checks: readonly Check[]): Markup | undefined {
  const unmet = unmetChecks(checks);
  if (unmet.length === 0) return undefined;
  const items = unmet.map(({ id, verdict, message, findings }) => {
    const why = findings.map(
      (finding) =>
        markup`<li>${finding.location ? markup`${lineLink(finding.location.line, `line ${finding.location.line}`)} ` : undefined}${explainFinding({ ...finding, location: undefined }, '')}`,
    );
    const list = (lines: readonly Markup[]): Markup | undefined =>
      lines.length === 0 ? undefined : markup`<ul>${lines}</ul>`;
    const more = why.length - mostFindings;
    const rest =
      more > 0
        ? markup`<details><summary>${count(more, 'more finding')}</summary>${list(why.slice(mostFindings, mostFolded))}</details>`
        : undefined;
    const says =
      verdict === 'inconclusive' || why.length === 0 ? markup`<div>${oneLine(message, 1000)}</div>` : undefined;
    return markup`<li>${renderOutcome(verdict)}<div><code>${oneLine(id)}</code>${says}${list(why.slice(0, mostFindings))}${rest}</div></li>\n`;
  });
  return markup`<ul class="findings unmet">${items}</ul>`;
}

/** One check in a list of all of them. */
export function renderCheck({ id, verdict, message }: Pick<Check, 'id' | 'verdict' | 'message'>): Markup {
  return markup`<li>${renderOutcome(verdict)}<div><code>${oneLine(id)}</code> <span class="why">${oneLine(message, 400)}</span></div></li>\n`;
}

function renderFacts({ fault, sections, recovery, duration, file }: ScenarioReport): Markup {
  const times = (what: string, span: { readonly realMs: number; readonly sandboxMs: number }): Markup =>
    markup`<div><dt>${what}</dt><dd>${seconds(span.sandboxMs)} in the sandbox, ${seconds(span.realMs)} real</dd></div>`;
  return markup`<dl class="facts">${fault ? markup`<div><dt>Fault</dt><dd>${oneLine(fault.kind)}: ${oneLine(fault.summary)}</dd></div>` : undefined}
${recovery ? markup`${times('Recovered after the procedure began', recovery.sinceProcedure)}${times('Recovered after the fault', recovery.sinceFault)}` : undefined}
${duration ? times('Took', duration) : undefined}
<div><dt>Sections</dt><dd>${sections.length === 0 ? 'none' : sections.map((one) => oneLine(one, 40)).join(', ')}</dd></div>
<div><dt>Scenario</dt><dd><code>${oneLine(file.split('/').at(-1) ?? file)}</code></dd></div></dl>`;
}

function renderArm({ scenario, record }: ScenarioInput, arm: Arm): Markup | undefined {
  const ran = record.arms[arm]?.procedures ?? [];
  if (ran.length === 0) return undefined;
  return markup`<h5 class="arm">${arm === 'treatment' ? 'Treatment arm' : 'Control arm'}</h5>${renderProcedures(ran, { panel: panelId(scenario.id, arm), file: 'report.json' })}`;
}
