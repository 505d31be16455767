/**
 * `debrief.html`: one file that shows a drill. Outcome and harm stand first, speed after that. It has the pieces of
 * `report.html`, and its words blame no one.
 */
import { historyName } from '../../history/file-names.ts';
import { seconds } from '../../alerts/say-time.ts';
import { oneLine } from '../../kernel/plain-text.ts';
import { count } from '../../kernel/words.ts';
import type { Debrief, Outcome } from '../../verdict/drill/debrief.ts';
import { parId } from '../../verdict/drill/find-par.ts';
import type { JudgedDrill } from '../../verdict/drill/judge-drill.ts';
import { bothClocks, outcomeWords, pairWords } from '../debrief-words.ts';
import { markup, type Markup } from '../markup.ts';
import { clockText } from '../picture-scale.ts';
import { armPanel } from './arm-panel.ts';
import { drillLines } from './drill-lines.ts';
import { commandId, drillPanel, drillPanelId } from './drill-panel.ts';
import { Positions } from './positions.ts';
import { renderFrame, type PageScripts } from './render-frame.ts';
import { renderLedger } from './render-ledger.ts';
import { renderPanel } from './render-panel.ts';
import { renderProcedures } from './render-procedures.ts';
import { renderRunbook } from './render-runbook.ts';
import { renderCheck } from './render-scenario.ts';
import { renderTone } from './render-tone.ts';
import { lineLink } from './runbook-lines.ts';
import { thinPanels } from './thin-points.ts';
import type { TimePanel, Tone } from './time-panel.ts';

interface DebriefInput extends JudgedDrill {
  /** The texts of the player's transcripts, by the name that the history gives them. */
  readonly casts: ReadonlyMap<string, string>;
  readonly scripts: PageScripts;
}

/** So many characters of each transcript a page holds, and so many rows a table. */
const [mostOfCast, mostRows] = [1_500_000, 1000];

const tones: Readonly<Record<Outcome, 'pass' | 'fail' | 'inconclusive'>> = {
  recovered: 'pass',
  'stood-down': 'pass',
  'not-recovered': 'fail',
  inconclusive: 'inconclusive',
  stopped: 'inconclusive',
};

/** @throws Error if the record has no run */
export function renderDebriefPage({ debrief, record, drill, casts, scripts }: DebriefInput): string {
  const { run } = record;
  if (!run) throw new Error('a page needs the record of a run');
  const positions = new Positions();
  const [scenario] = [...record.scenarios.values()];
  const arm = scenario?.arms.treatment;
  const plan = scenario?.plan;
  const panel = arm && plan && drillPanel({ run, plan, arm, drill, debrief, casts, mostOfCast });
  const par = renderedPar({ debrief, record, casts });
  const panels = thinPanels([...(panel ? [panel] : []), ...(par.panel ? [par.panel] : [])]);
  const outcome = outcomeWords[debrief.outcome];
  const body = markup`<header>
<p class="kicker">Drillbook debrief</p>
<div class="head"><h1>${oneLine(debrief.scenario?.title ?? debrief.runbook.title, 200)}</h1><span class="pill ${tones[debrief.outcome]}">${outcome}</span></div>
${debrief.reasons.map((reason) => markup`<p class="totals">${oneLine(reason, 500)}</p>`)}
<p class="facts">Player ${oneLine(debrief.player, 60)}, level ${debrief.level}, ${debrief.timeScale} sandbox seconds a second, from ${oneLine(debrief.startedAt)}.</p>
<nav aria-label="Parts of this page"><a href="#scorecard">Scorecard</a><a href="#${drillPanelId}">Timeline</a><a href="#commands">Commands</a><a href="#runbook">Runbook by line</a><a href="#checks">What the outcome rests on</a></nav>
</header>
<section id="scorecard"><h2>Scorecard</h2>
${renderHarm(debrief)}
${renderTimes(debrief)}
${renderParts(debrief, positions)}
${renderFacts(debrief)}
${renderItems(debrief)}</section>
<section><h2>Timeline</h2>
${panels.filter(({ id }) => id === drillPanelId).map((one) => renderPanel(one, positions))}
${renderMoments(debrief)}</section>
<section id="commands"><h2>Commands</h2>
${renderCommands(debrief)}</section>
${debrief.ledger && plan ? markup`<section><h2>What became of the jobs</h2>${renderLedger({ ledger: debrief.ledger, contract: plan.jobs, file: 'debrief.json' }, positions)}</section>` : undefined}
${
  par.panel
    ? markup`<section id="par"><h2>Par: the runbook’s own procedure</h2>
<p class="why">It ran on the same sandbox, with the same load and the same fault, after the drill.</p>
${panels.filter(({ id }) => id !== drillPanelId).map((one) => renderPanel(one, positions))}
${par.blocks}</section>`
    : undefined
}
<section id="runbook"><h2>Runbook by line</h2>
${renderRunbook(run.runbook.text, drillLines(debrief))}</section>
<section id="checks"><h2>What the outcome rests on</h2>
${renderChecks(debrief)}</section>
`;
  return renderFrame({ title: `${outcome}: ${oneLine(debrief.run, 100)}`, body, panels, positions, scripts });
}

/** What went wrong, each with the command that ran then. What the record does not decide counts for no one. */
function renderHarm({ actions, commands }: Debrief): Markup {
  if (actions.length === 0) return markup`<p>${renderTone('good', 'The rest of the fleet was left alone.')}</p>`;
  const items = actions.map(({ message, verdict, at, command }) => {
    const line = command === null ? undefined : commands[command]?.line;
    const said = line === undefined ? undefined : markup` <code>${oneLine(line, 120)}</code>`;
    const tone: Tone = verdict === 'wrong' ? 'bad' : 'unclear';
    return markup`<li>${renderTone(tone, verdict)} ${oneLine(message, 400)}${said} ${at ? seekLink(at.realMs) : undefined}</li>`;
  });
  return markup`<h3>What went wrong</h3><ul>${items}</ul>`;
}

function renderTimes({ pairs, timeScale }: Debrief): Markup {
  const rows = pairs.map(
    ({ short, name, took }) =>
      markup`<tr><th scope="row">${short}<td class="number">${bothClocks(took, timeScale)}<td>${pairWords[name]}\n`,
  );
  return markup`<h3>Times</h3><div class="wide" tabindex="0" role="group" aria-label="Times"><table class="times"><thead><tr><th scope="col">time<th scope="col" class="number">took<th scope="col">from and to
<tbody>${rows}</table></div>`;
}

const parts = ['noticing', 'finding', 'doing', 'fleet'] as const;

/** What the mitigation took, part by part, beside par. */
function renderParts({ breakdown, par, timeScale }: Debrief, positions: Positions): Markup {
  const took = parts.map((part) => ({ part, span: breakdown?.[part] ?? null }));
  const all = took.reduce((sum, { span }) => sum + (span?.realMs ?? 0), 0);
  const bar = took.flatMap(({ part, span }) =>
    span && all > 0 ? [markup`<span class="fate ${part} ${positions.size(span.realMs / all)}"></span>`] : [],
  );
  const key = took.map(
    ({ part, span }) =>
      markup`<li><span class="fate-key ${part}"></span>${part === 'fleet' ? 'the fleet itself' : part} <b>${span ? bothClocks(span, timeScale) : '–'}</b></li>`,
  );
  const shown = breakdown
    ? markup`<h3>Of the mitigation</h3><div class="fates" aria-hidden="true">${bar}</div><ul class="key">${key}</ul>`
    : undefined;
  if (!par) return markup`${shown}`;
  if (par.ok)
    return markup`${shown}<p><b>Par</b>: the runbook’s own procedure took ${bothClocks(par.sinceProcedure, timeScale)} from its start to lasting health.</p>`;
  return markup`${shown}<p><b>No par</b>: the runbook’s own procedure failed its own drill.</p><ul>${par.reasons.map((reason) => markup`<li>${oneLine(reason, 400)}</li>`)}</ul>`;
}

/** The arm in which the runbook's own procedure played the same incident. */
function renderedPar({ debrief, record, casts }: Pick<DebriefInput, 'debrief' | 'record' | 'casts'>): {
  readonly panel: TimePanel | undefined;
  readonly blocks: Markup | undefined;
} {
  const { run } = record;
  const played = record.scenarios.get(parId(debrief.scenario?.id ?? ''));
  const arm = played?.arms.treatment;
  if (!run || !played || !arm) return { panel: undefined, blocks: undefined };
  const { sinceProcedure, sinceFault } = debrief.par ?? { sinceProcedure: null, sinceFault: null };
  const recovery = sinceProcedure && sinceFault ? { sinceProcedure, sinceFault } : null;
  const title = 'The same incident, with the runbook’s procedure';
  const panel = armPanel({
    run,
    plan: played.plan,
    arm: 'treatment',
    record: arm,
    title,
    recovery,
    casts,
    mostOfCast,
    group: drillPanelId,
  });
  return { panel, blocks: panel && renderProcedures(arm.procedures, { panel: panel.id, file: historyName }) };
}

const detections = {
  player: 'the player, before any page',
  page: 'a page',
  customer: 'a customer',
} as const;

const fact = (name: string, value: Markup | string): Markup => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function renderFacts(debrief: Debrief): Markup {
  const { scenario, detectedBy, answers, hints, seal } = debrief;
  const said = answers.map(
    ({ section, component, right }) =>
      markup`<div>${renderTone(right ? 'good' : 'unclear', right ? 'right' : 'not this time')} section ${oneLine(section, 40)}, ${oneLine(component, 80)}</div>`,
  );
  const truth = scenario?.fault
    ? `section ${scenario.sections.map((one) => oneLine(one, 40)).join(' or ')}; ${firstOf(scenario.components)}`
    : 'nothing was broken';
  return markup`<dl class="facts">${fact('What was broken', scenario ? (scenario.fault ? oneLine(scenario.fault.summary) : 'nothing') : 'not known')}
${fact('The right answer', truth)}
${said.length === 0 ? undefined : fact('The player’s answers', markup`${said}`)}
${detectedBy ? fact('Noticed by', detections[detectedBy]) : undefined}
${fact('Hints', `${hints.taken.length} taken, ${hints.charged} charged`)}
${renderDirected(debrief)}
${fact('Seal', seal.opened ? `${oneLine(seal.digest).slice(0, 16)}… fits the plan, seed ${seal.opened.seed}` : 'it was not opened')}</dl>`;
}

/** What a facilitator did, and what is left out of the record. */
function renderDirected({ triggered, extensions = [], redacted, herring }: Debrief): Markup {
  const moreMs = extensions.reduce((sum, { byMs }) => sum + byMs, 0);
  const slow = redacted && redacted.leftOut > 0 ? `; ${count(redacted.leftOut, 'text')} left out as a whole` : '';
  return markup`${triggered ? fact('The incident', `on the order of ${oneLine(triggered.by, 60)}`) : undefined}
${moreMs > 0 ? fact('More time', `${seconds(moreMs)}, given ${count(extensions.length, 'time')}`) : undefined}
${herring ? fact('Red herring', oneLine(herring.text, 200)) : undefined}
${redacted ? fact('Redacted', `${count(redacted.replaced, 'match', 'matches')}${slow}`) : undefined}`;
}

/** So many parts are named. A worker that is down affects all of its queues. */
const mostParts = 4;

function firstOf(components: readonly string[]): string {
  const more = components.length - mostParts;
  const named = components.slice(0, mostParts).map((one) => oneLine(one, 80));
  return `${named.join(', ')}${more > 0 ? ` or ${more} more` : ''}`;
}

function renderItems({ items, runbook }: Debrief): Markup {
  if (items.length === 0) return markup`<p>Nothing that the runbook should change was found.</p>`;
  const lines = items.map(({ message, location }) => {
    const where =
      location?.file === runbook.file ? markup`${lineLink(location.line, `line ${location.line}`)} ` : undefined;
    return markup`<li>${where}${oneLine(message, 400)}</li>`;
  });
  return markup`<h3>What the runbook should change</h3><ul>${lines}</ul>`;
}

/** A link that moves the cursor. */
function seekLink(t: number): Markup {
  return markup`<a class="seek-to" href="#${drillPanelId}" data-t="${Math.round(t)}">at ${clockText(t)}</a>`;
}

function renderMoments({ timeline, startedAt }: Debrief): Markup {
  const rows = timeline
    .slice(0, mostRows)
    .map(
      ({ at, lane, text }) =>
        markup`<tr><td class="number">${seekLink(at.realMs)}<td class="number">${at.sandbox.slice(11, 19)}<td>${lane}<td>${oneLine(text, 300)}\n`,
    );
  return markup`<details open><summary>${count(timeline.length, 'moment')} in text</summary><div class="wide" tabindex="0" role="group" aria-label="Moments since ${oneLine(startedAt)}"><table class="moments"><thead><tr><th scope="col" class="number">real<th scope="col" class="number">sandbox<th scope="col">who<th scope="col">what
<tbody>${rows}</table></div></details>`;
}

function renderCommands({ commands }: Debrief): Markup {
  if (commands.length === 0) return markup`<p>The player ran no command.</p>`;
  const rows = commands.slice(0, mostRows).map(({ at, line, kind, runbook, exitCode, took }, index) => {
    const lines = runbook.map(({ location }) => markup`${lineLink(location.line, `line ${location.line}`)} `);
    const outcome =
      exitCode === null
        ? renderTone('unclear', 'still running')
        : renderTone(exitCode === 0 ? 'good' : 'unclear', `exit ${exitCode}`);
    return markup`<tr id="${commandId(index)}"><td class="number">${seekLink(at.realMs)}<td><code>${oneLine(line, 400)}</code><td>${kind} ${lines}<td>${outcome}<td class="number">${took ? clockText(took.realMs) : '–'}\n`;
  });
  return markup`<p class="why">Verbatim and edited commands are the runbook’s. An improvised one is no mistake.</p>
<div class="wide" tabindex="0" role="group" aria-label="Commands of the player"><table class="commands"><thead><tr><th scope="col" class="number">real<th scope="col">command<th scope="col">from<th scope="col">outcome<th scope="col" class="number">took
<tbody>${rows}</table></div>`;
}

function renderChecks({ checks, seal }: Debrief): Markup {
  const opened = seal.opened
    ? markup`<p>Seal <code>${oneLine(seal.digest)}</code></p><p class="text">${oneLine(seal.opened.plan, 2000)}</p><p>Nonce <code>${oneLine(seal.opened.nonce)}</code></p>`
    : undefined;
  return markup`<ul class="findings">${checks.map(renderCheck)}</ul>${opened}`;
}
