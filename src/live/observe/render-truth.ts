import { oneLine } from '../../kernel/plain-text.ts';
import { seconds } from '../../alerts/say-time.ts';
import { markup, type Markup } from '../../report/markup.ts';
import { renderTone } from '../../report/page/render-tone.ts';
import { clockText } from '../../report/picture-scale.ts';
import type { MilestoneName } from '../../verdict/drill/debrief.ts';
import type { TruthSoFar } from './observed-truth.ts';

/** What the runbook's own procedure needed after the same fault, in an earlier drill at the same rate. */
export interface ParSoFar {
  readonly run: string;
  /** From the fault to lasting health, real ms. */
  readonly realMs: number;
}

const milestoneWords: Readonly<Record<MilestoneName, string>> = {
  onset: 'the fault took effect',
  paged: 'the pager rang',
  acked: 'acknowledged',
  declared: 'declared',
  found: 'named the right answer',
  mitigated: 'lasting health began',
  resolved: 'said it is resolved',
};

/** So many parts are named. A worker that is down affects all of its queues. */
const mostParts = 4;

/** What only observers may see. */
export function renderTruth(truth: TruthSoFar, par: ParSoFar | undefined, timeScale: number): Markup {
  const { plan, phase, sections, components, milestones, answers } = truth;
  const fact = (name: string, value: Markup | string): Markup => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const onset = milestones.find(({ name }) => name === 'onset')?.at;
  const rows = milestones.map(
    ({ name, at }) =>
      markup`<tr><th scope="row">${milestoneWords[name]}<td class="number">${at ? clockText(at.realMs) : '–'}<td class="number">${at && onset ? `+${seconds(Math.max(0, at.realMs - onset.realMs))}` : '–'}\n`,
  );
  const named = components.slice(0, mostParts).map((part) => oneLine(part, 60));
  const more = components.length > mostParts ? `, ${components.length - mostParts} more` : '';
  const said = answers.map(
    ({ section, component, right }) =>
      markup`<li>${renderTone(right ? 'good' : 'unclear', right ? 'right' : 'not this time')} section ${oneLine(section, 40)}, ${oneLine(component, 80)}</li>`,
  );
  return markup`<p><b>${oneLine(plan.title, 200)}</b> <code>${oneLine(plan.id, 100)}</code></p>
<dl class="facts">${fact('What is broken', plan.fault ? `${oneLine(plan.fault.summary, 200)} (${oneLine(plan.fault.kind, 60)})` : 'nothing')}
${plan.fault ? fact('The right answer', `section ${sections.map((one) => oneLine(one, 40)).join(' or ')}; ${named.join(', ')}${more}`) : undefined}
${fact('Phase', phase ?? '–')}
${fact('Health by the judge', sayMitigation(truth))}
${fact('Par', par ? `${seconds(par.realMs)} from the fault to lasting health, in ${oneLine(par.run, 60)}` : 'not known')}</dl>
${said.length === 0 ? undefined : markup`<ul>${said}</ul>`}
<table class="milestones"><thead><tr><th scope="col">milestone<th scope="col" class="number">real<th scope="col" class="number">since the fault
<tbody>${rows}</table>${timeScale === 1 ? undefined : markup`<p class="why">Times are real; the sandbox runs ${timeScale} times as fast.</p>`}`;
}

/** As it would be if the watch ended now. */
function sayMitigation({ mitigation }: TruthSoFar): Markup {
  if (!mitigation) return markup`not asked before the fault takes effect`;
  if (mitigation.kind === 'healthy') {
    const text = mitigation.harmless ? 'the thresholds have seen no harm' : `since ${clockText(mitigation.since.t)}`;
    return renderTone(mitigation.harmless ? 'unclear' : 'good', text);
  }
  return renderTone(mitigation.kind === 'unhealthy' ? 'bad' : 'unclear', oneLine(mitigation.complaint.text, 200));
}
