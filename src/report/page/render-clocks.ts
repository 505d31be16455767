import { markup, type Markup } from '../markup.ts';
import { clockText, clockTicks } from '../picture-scale.ts';
import type { Positions } from './positions.ts';
import { shareOf, type TimePanel } from './time-panel.ts';

/** A phone has room for so many times, a laptop for more. */
const [few, many] = [4, 10];

/** Two rulers, each with round times of its clock: sandbox time since the panel's beginning, real time of the run. */
export function renderClocks(panel: TimePanel, positions: Positions): Markup {
  const { from, to, clocks } = panel;
  const start = clocks.sandboxAt(from);
  const share = (t: number): number => shareOf(t, panel);
  const sandbox = ticksOf([0, clocks.sandboxAt(to) - start], (ms) => share(clocks.realAt(start + ms)));
  const real = ticksOf([from, to], share);
  const ruler = (name: string, ticks: readonly Tick[]): Markup =>
    markup`<div class="track ruler"><span class="track-name">${name}</span><div class="plot">${ticks.map(
      ({ at, text, always }) =>
        markup`<span class="tick ${always ? undefined : 'minor'} ${positions.point(at)}">${text}</span>`,
    )}</div></div>
`;
  return markup`${ruler('Sandbox', sandbox)}${ruler('Real', real)}`;
}

interface Tick {
  readonly at: number;
  readonly text: string;
  /** It is also shown where there is little room. */
  readonly always: boolean;
}

/** No time stands so close to the right edge that it would be cut off: on a laptop, and on a phone. */
const [lastShare, lastOfFew] = [0.97, 0.86];

function ticksOf(range: readonly [number, number], at: (ms: number) => number): readonly Tick[] {
  const ticks = clockTicks(range, many).map((ms) => ({ at: at(ms), text: clockText(ms) }));
  const every = Math.ceil(ticks.length / few);
  return ticks
    .map((tick, index) => ({ ...tick, always: index % every === 0 && tick.at <= lastOfFew }))
    .filter((tick) => tick.at <= lastShare);
}
