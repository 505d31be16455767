import { oneLine } from '../../kernel/plain-text.ts';
import { markup, trustedMarkup, type Markup } from '../../report/markup.ts';
import { pageStyle } from '../../report/page/page-style.ts';
import type { ObservedDrill } from './observed-drill.ts';
import type { PartName, Parts } from './render-parts.ts';

export const roles = ['spectator', 'observer'] as const;
/** A spectator sees what the player may know. An observer also sees the truth, and can stop the drill. */
export type Role = (typeof roles)[number];

interface PageInput {
  readonly role: Role;
  readonly drill: ObservedDrill;
  readonly parts: Parts;
}

/** The page as it is now. Its script brings it up to date; without a script it loads again every few seconds. */
export function renderObserverPage({ role, drill, parts }: PageInput): string {
  const part = (name: PartName): Markup => markup`<div id="${partId(name)}">${trustedMarkup(parts[name])}</div>`;
  const { started } = drill.record;
  const player = started ? `, player ${oneLine(started.player, 60)}${started.bot === undefined ? '' : ' (robot)'}` : '';
  const title = started ? `Drill of level ${started.level}${player}` : 'Drill';
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<noscript><meta http-equiv="refresh" content="5"></noscript>
<link rel="stylesheet" href="player.css">
<link rel="stylesheet" href="observe.css">
<script src="player.js" defer></script>
<script src="observe.js" defer></script>
</head>
<body>
<main>
<header>
<p class="kicker">Drillbook drill, ${role === 'observer' ? 'for observers: shows the truth' : 'for spectators: shows what the player may know'}</p>
<div class="head"><h1>${title}</h1><div id="${partId('state')}" role="status">${trustedMarkup(parts.state)}</div><span id="connection" class="why" role="status"></span></div>
${part('clocks')}
${role === 'observer' ? stop : undefined}
</header>
<div class="columns">
<div class="wide-column">
<section><h2 id="terminal-title">The player’s terminal</h2>
<div id="terminal" class="terminal" role="group" tabindex="0" aria-labelledby="terminal-title"></div>
<noscript><p class="why">The terminal needs a script.</p></noscript></section>
<section><h2>Queues</h2>
${part('charts')}
<details class="values"><summary>Values of these charts as a table</summary><div class="wide" tabindex="0" role="group" aria-label="Values of the charts">${part('values')}</div></details>
<div class="wide" tabindex="0" role="group" aria-label="Queues now">${part('queues')}</div></section>
</div>
<div class="side-column">
${role === 'observer' ? markup`<section class="truth"><h2>The truth</h2>${part('truth')}</section>` : undefined}
<section class="pages"><h2>Pages</h2><div aria-live="polite">${part('pages')}</div></section>
<section><h2>Containers</h2>${part('containers')}</section>
<section><h2>What happened</h2>${part('moments')}</section>
</div>
</div>
</main>
</body>
</html>
`;
  return page.toString();
}

function partId(name: PartName): string {
  return `part-${name}`;
}

/** Two steps, so that no slip ends a drill. It needs no script. */
const stop = markup`<details class="stop"><summary>STOP the drill</summary>
<p>The fault is healed, the sandbox is removed, and the debrief says that the drill was stopped. There is no way back.</p>
<form method="post" action="stop"><button>Stop it now</button></form></details>`;

/** The style sheet of the page. */
export const observerStyle = `${pageStyle}
main{max-width:1560px}
h2{margin:24px 0 10px;padding-top:14px}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 420px;gap:0 36px}
.clocks{display:flex;flex-wrap:wrap;gap:6px 28px;margin:12px 0;color:var(--muted)}
.clock{font-size:19px;font-variant-numeric:tabular-nums}
.pill.plain{background:var(--panel);color:var(--ink);border-color:var(--muted)}
.stop{margin:10px 0;max-width:640px}
.stop>summary{display:inline-block;list-style:none;padding:8px 22px;border-radius:8px;border:2px solid var(--firingEdge);background:var(--firing);color:var(--firingInk);font-size:18px;font-weight:700}
.stop>summary::-webkit-details-marker{display:none}
.stop button{font:inherit;font-weight:700;padding:8px 18px;border-radius:8px;border:2px solid var(--firingInk);background:var(--firing);color:var(--firingInk);cursor:pointer}
.terminal{min-height:120px;background:#121314;border:1px solid var(--grid);border-radius:6px}
.terminal>*{min-width:0}
.ends{display:flex;justify-content:space-between;margin-left:224px;border-top:1px solid var(--muted);color:var(--muted);font-size:12px}
.ap-player .ap-overlay{display:none}
.side-column table{font-size:14px}
.moments th,.moments td,.containers td,.milestones td{padding-right:10px}
.what{overflow-wrap:anywhere}
.truth{border:2px solid var(--fault);border-radius:10px;padding:0 16px 12px;margin-top:24px}
.truth h2{border:0;margin:6px 0;color:var(--fault)}
.truth dl.facts{flex-direction:column}
section>h2+div>.tracks{padding-top:40px}
.marks{position:absolute;top:0;left:224px;width:calc(100% - 224px);height:100%;pointer-events:none;overflow:visible;font:12px system-ui,sans-serif}
.marks line{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:4 3}
.marks text{fill:var(--muted)}
.marks .fault{stroke:var(--fault);stroke-dasharray:none}
.marks .recovery{stroke:var(--recovery)}
.marks text.fault{fill:var(--fault);stroke:none}
.marks text.recovery{fill:var(--recovery);stroke:none}
@media (max-width:1080px){
.columns{display:flex;flex-direction:column}
.wide-column,.side-column{display:contents}
.truth,.pages{order:-1}
}
@media (max-width:760px){
.ends{margin-left:0}
.marks{left:0;width:100%}
.marks text{display:none}
section>h2+div>.tracks{padding-top:8px}
.terminal>*{min-width:640px}
}
`;
