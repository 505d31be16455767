/** The parts of the page that change while a drill goes on. Each is drawn as a whole, so a viewer may miss some. */
import { oneLine } from '../../kernel/plain-text.ts';
import { seconds } from '../../alerts/say-time.ts';
import type { SeenContainer } from '../../record/timeline.ts';
import { markup, type Markup } from '../../report/markup.ts';
import { renderTone } from '../../report/page/render-tone.ts';
import { clockText } from '../../report/picture-scale.ts';
import type { MilestoneName } from '../../verdict/drill/debrief.ts';
import { timelineOf } from '../../verdict/drill/timeline-of.ts';
import type { ObservedDrill } from './observed-drill.ts';
import type { ObservedTruth, TruthSoFar } from './observed-truth.ts';
import { renderCharts, renderQueues, renderValues, type ChartMark } from './render-queues.ts';
import { renderTruth, type ParSoFar } from './render-truth.ts';

/** A drill as it looks to the readers of one page. */
export interface Observed {
  readonly drill: ObservedDrill;
  /** Only for observers. */
  readonly truth?: ObservedTruth;
  readonly par?: ParSoFar | undefined;
  /** The process of the drill has ended. */
  readonly isGone: boolean;
  readonly isStopping: boolean;
}

export const partNames = [
  'state',
  'clocks',
  'truth',
  'pages',
  'charts',
  'values',
  'queues',
  'containers',
  'moments',
] as const;
export type PartName = (typeof partNames)[number];
export type Parts = Readonly<Record<PartName, string>>;

export function renderParts(observed: Observed): Parts {
  const { drill, truth, par } = observed;
  const known = drill.run && truth?.soFar(drill.run, drill.record);
  const affected = known && known.plan.fault ? known.components : [];
  const parts: Readonly<Record<PartName, Markup | undefined>> = {
    state: renderState(observed),
    clocks: renderClocks(drill),
    truth: known && renderTruth(known, par, drill.run?.timeScale ?? 1),
    pages: renderPages(drill),
    charts: renderCharts(drill, marksOf(drill, known)),
    values: renderValues(drill),
    queues: renderQueues(drill, affected),
    containers: renderContainers(drill),
    moments: renderMoments(observed),
  };
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, String(part ?? '')])) as Parts;
}

/** What happened, as lines through the charts. */
function marksOf(drill: ObservedDrill, known: TruthSoFar | undefined): readonly ChartMark[] {
  const at = (name: MilestoneName): number | undefined =>
    known?.milestones.find((one) => one.name === name)?.at?.realMs;
  const [onset, mitigated] = [at('onset'), at('mitigated')];
  return [
    ...(onset === undefined ? [] : [{ t: onset, text: 'fault', kind: 'fault' } as const]),
    ...drill.record.pages.map(({ t, page }) => ({ t, text: `page ${page}`, kind: 'page' }) as const),
    ...(mitigated === undefined ? [] : [{ t: mitigated, text: 'healthy', kind: 'recovery' } as const]),
  ];
}

function renderState({ drill, isGone, isStopping }: Observed): Markup {
  const [tone, text] = stateOf(drill, isGone, isStopping);
  return markup`<span class="pill ${tone}">${text}</span>`;
}

type State = readonly [tone: 'plain' | 'pass' | 'fail' | 'inconclusive', text: string];

function stateOf(drill: ObservedDrill, isGone: boolean, isStopping: boolean): State {
  if (drill.isClosed) return ['plain', drill.cutBy === 'interrupted' ? 'the drill was stopped' : 'the drill has ended'];
  if (isGone) return ['fail', 'the process of the drill has died'];
  if (drill.cutBy || isStopping) return ['inconclusive', 'stopping: healing, and removing the sandbox'];
  if (drill.isPlayed) return ['plain', 'played; what follows does not change the outcome'];
  if (drill.record.pauses.at(-1)?.type === 'drill.paused') return ['inconclusive', 'paused'];
  const isOpen = drill.record.shells.some(({ state }) => state === 'opened');
  if (isOpen && !drill.record.over && drill.phase !== 'settle' && drill.phase !== 'account')
    return ['pass', 'the player is at work'];
  return ['plain', phaseWords[drill.phase ?? 'load'] ?? 'starting'];
}

const phaseWords: Readonly<Record<string, string>> = {
  load: 'clearing what dead runs left',
  start: 'starting the fleet',
  baseline: 'waiting for a steady state',
  settle: 'watching whether the fleet stays healthy',
  account: 'counting every job',
  teardown: 'removing the sandbox',
};

function renderClocks(drill: ObservedDrill): Markup {
  const now = drill.now();
  const opened = drill.record.shells[0];
  const rate = drill.run?.timeScale ?? 1;
  const limit = drill.record.extended.at(-1)?.timeLimitMs ?? drill.record.started?.timeLimitMs;
  const fact = (name: string, value: string): Markup =>
    markup`<div><dt>${name}</dt><dd class="clock">${value}</dd></div>`;
  return markup`<dl class="clocks">${fact('sandbox clock', now ? new Date(now.s).toISOString().slice(11, 19) : '–')}
${fact('real, since the run began', now ? clockText(wholeSeconds(now.t)) : '–')}
${fact('real, since the shell opened', now && opened ? clockText(wholeSeconds(now.t - opened.t)) : '–')}
${fact('rate', rate === 1 ? 'real time' : `${rate} sandbox seconds a second`)}
${fact('the player has', limit ? `${seconds(limit)} from the incident on` : '–')}</dl>`;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function renderPages({ record }: ObservedDrill): Markup {
  if (record.pages.length === 0) return markup`<p class="why">The pager has not rung.</p>`;
  const items = record.pages.map(({ t, page, text }) => {
    const acked = record.acked.find((one) => one.page === page);
    const state = acked
      ? renderTone('good', `acknowledged after ${seconds(acked.t - t)}`)
      : renderTone('unclear', 'not acknowledged');
    return markup`<li><b>Page ${page}</b> at ${clockText(t)}: ${oneLine(text, 400)} ${state}</li>`;
  });
  return markup`<ul>${items}</ul>`;
}

function renderContainers({ containers, redisUp }: ObservedDrill): Markup {
  if (containers.length === 0) return markup`<p class="why">No container was seen yet.</p>`;
  const rows = containers
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((container) => {
      const [isWell, text] = describeContainer(container);
      return markup`<tr><th scope="row">${oneLine(container.service, 60)}<td>${renderTone(isWell ? 'good' : 'bad', text)}<td class="number">${container.restarts}\n`;
    });
  const redis = redisUp ? undefined : markup`<p>${renderTone('bad', 'Redis does not answer')}</p>`;
  return markup`${redis}<table class="containers"><thead><tr><th scope="col">service<th scope="col">state<th scope="col" class="number">restarts
<tbody>${rows}</table>`;
}

function describeContainer({ state, health, exitCode, oomKilled }: SeenContainer): readonly [boolean, string] {
  const isRunning = state.toLowerCase() === 'running';
  if (!isRunning) return [false, `${oneLine(state, 40)}, exit ${exitCode}${oomKilled ? ', out of memory' : ''}`];
  const isWell = health === undefined || health === '' || health === 'none' || health === 'healthy';
  return [isWell, isWell ? 'running' : `running (${oneLine(health, 40)})`];
}

/** The newest of them, the newest first. */
const mostMoments = 80;

function renderMoments({ drill, truth }: Observed): Markup {
  if (!drill.run) return markup``;
  const { record } = drill;
  const entries = [
    ...timelineOf({ drill: record, arm: truth?.arm, mitigated: undefined }).map(({ at, lane, text }) => ({
      t: at.realMs,
      lane,
      text,
    })),
    ...(truth?.wall ?? []).map(({ t, attempt, outcome }) => ({
      t,
      lane: 'wall' as const,
      text: `${outcome}: tried to ${attempt}`,
    })),
  ]
    .toSorted((a, b) => a.t - b.t)
    .toReversed();
  if (entries.length === 0) return markup`<p class="why">Nothing yet.</p>`;
  const rows = entries
    .slice(0, mostMoments)
    .map(
      ({ t, lane, text }) =>
        markup`<tr><td class="number">${clockText(wholeSeconds(t))}<td>${lane}<td><span class="what">${oneLine(text, 300)}</span>\n`,
    );
  return markup`<table class="moments"><thead><tr><th scope="col" class="number">real<th scope="col">who<th scope="col">what
<tbody>${rows}</table>`;
}
