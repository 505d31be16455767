import { colors } from '../picture-style.ts';
import { signs } from './render-tone.ts';

const variables = (scheme: 0 | 1): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}:${color[scheme]}`)
    .join(';');

/** Width of the names beside the plots of a panel, on a wide screen. */
const names = '224px';

const basics = `:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
html{scroll-padding-top:12px}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1240px;margin:0 auto;padding:24px 28px 80px}
h1{font-size:28px;line-height:1.2;margin:0}
h2{font-size:21px;margin:48px 0 12px;padding-top:20px;border-top:1px solid var(--grid)}
h3{font-size:16px;margin:20px 0 6px}
.scenario h3{margin:0;font-family:ui-monospace,monospace}
h4{font-size:16px;margin:28px 0 8px}
h5{font-size:14px;margin:0}
h5.arm{margin:16px 0 4px;color:var(--muted)}
p{margin:6px 0}
ul{margin:6px 0;padding-left:20px}
a{color:var(--series)}
code,.text{font:13px/1.5 ui-monospace,monospace}
code{overflow-wrap:anywhere}

.text{margin:6px 0;padding:8px 12px;background:var(--panel);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:360px;overflow:auto}
:focus-visible{outline:3px solid var(--series);outline-offset:2px;border-radius:3px}
.kicker{margin:0;color:var(--muted);font-size:13px}
.head{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center}
.totals{font-size:17px;margin-top:10px}
.facts,.why{color:var(--muted)}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:12px 0 20px}
dl.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:10px 0}
dt{font-size:13px}
dd{margin:0;color:var(--ink);overflow-wrap:anywhere}
.pill{display:inline-block;padding:1px 10px;border-radius:11px;border:1px solid transparent;font-size:13px;font-weight:600;white-space:nowrap}
.pill.pass{background:var(--good);color:var(--goodInk)}
.pill.pass::before{content:"${signs.good} "}
.pill.fail{background:var(--firing);color:var(--firingInk);border-color:var(--firingEdge)}
.pill.fail::before{content:"${signs.bad} "}
.pill.inconclusive{background:var(--pending);color:var(--pendingInk);border:1px dashed var(--pendingEdge)}
.pill.inconclusive::before{content:"${signs.unclear} "}
.tone{font-size:13px}
.tone.good{color:var(--goodInk)}
.tone.bad{color:var(--firingInk);font-weight:600}
.tone.unclear{color:var(--pendingInk)}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:4px 14px 4px 0;text-align:left;vertical-align:top}
thead th{color:var(--muted);font-weight:500;font-size:13px;border-bottom:1px solid var(--grid);white-space:nowrap}
tbody th{font-weight:500;white-space:nowrap}
tbody tr+tr>*{border-top:1px solid var(--grid)}
.number{text-align:right;white-space:nowrap}
.findings{margin:10px 0;padding:0;list-style:none}
.findings>li{display:grid;grid-template-columns:128px 1fr;gap:10px;margin:8px 0}
.findings>li>*{min-width:0}
.findings .pill{justify-self:start;align-self:start}
.findings ul{margin:2px 0}
summary{cursor:pointer;padding:4px 0}
details>summary{width:fit-content;color:var(--series)}
`;

const scenarios = `.scenario{border:1px solid var(--grid);border-radius:10px;margin:10px 0;padding:0 18px}
.scenario[open]{padding-bottom:18px}
.scenario>summary{width:auto;color:var(--ink);display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;padding:10px 0;list-style-position:inside}
.scenario>summary::before{content:"▸";color:var(--muted);width:12px}
.scenario[open]>summary::before{content:"▾"}
.scenario>summary::-webkit-details-marker{display:none}
.scenario>summary .title{color:var(--muted);flex:1 1 300px}
.block{margin:10px 0;padding:10px 14px;border:1px solid var(--grid);border-radius:8px}
.block:target,.panel:target{border-color:var(--series)}
.purpose{color:var(--muted);font-size:13px}
.seek-to{font-size:13px;text-decoration-color:var(--grid)}
.commands td:nth-child(2){width:100%}
.commands .seek-to code{color:var(--ink)}
.moments td:last-child{width:100%}
.times{width:auto}
.fates{display:flex;height:16px;border-radius:8px;overflow:hidden;background:var(--panel)}
.fate{display:block;height:100%;border-right:2px solid var(--paper)}
.fate-key{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px}
.fate.noticing,.fate-key.noticing{background:var(--pendingEdge)}
.fate.finding,.fate-key.finding{background:var(--fault)}
.fate.doing,.fate-key.doing{background:var(--series)}
.fate.fleet,.fate-key.fleet,
.fate.completed,.fate-key.completed{background:var(--recovery)}
.fate.duplicated,.fate-key.duplicated{background:var(--fault)}
.fate.failed,.fate-key.failed{background:var(--firingEdge)}
.fate.queued,.fate-key.queued{background:var(--series)}
.fate.removed,.fate-key.removed{background:var(--pendingEdge)}
.fate.lost,.fate-key.lost{background:var(--ink)}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0;padding:0;list-style:none;font-size:14px;color:var(--muted)}
.key b{color:var(--ink)}
`;

const panels = `.panel{margin:22px 0 8px;padding:12px 0 0;border-top:1px solid var(--grid)}
.panel h4{margin:0 0 6px}
.tracks{position:relative;padding-top:20px}
.track{display:grid;grid-template-columns:${names} 1fr}
.track-name{padding-right:14px;font-size:13px;min-width:0}
.track .plot{position:relative;min-width:0}
.lane{align-items:center;min-height:24px}
.lane .plot{height:22px;margin:1px 0;padding:0;list-style:none;background:var(--panel);border-radius:3px}
.lane li{position:absolute;top:0;bottom:0;container-type:inline-size;min-width:3px}
.lane a{display:block;height:100%;margin-right:1px;padding:0 5px;overflow:hidden;white-space:nowrap;text-decoration:none;font-size:12px;line-height:20px;border:1px solid var(--grid);border-radius:3px;background:var(--paper);color:var(--ink)}
.lane a.good{background:var(--good);color:var(--goodInk);border-color:var(--good)}
.lane a.bad{background:var(--firing);color:var(--firingInk);border-color:var(--firingEdge)}
.lane a.unclear{background:var(--pending);color:var(--pendingInk);border:1px dashed var(--pendingEdge)}
.lane a.fault{background:var(--paper);color:var(--fault);border-color:var(--fault)}
@container (max-width:26px){.lane a{padding:0;font-size:0}}
.chart{margin-top:10px;padding-top:8px;border-top:1px solid var(--grid)}
.chart .track-name b{display:block;font-size:14px}
.unit,.limits{display:block;color:var(--muted);font-size:12px;line-height:1.35}
.limits{color:var(--limit);margin-top:2px}
.lines{list-style:none;margin:4px 0 0;padding:0;font-size:12px;line-height:1.5}
.lines li{display:flex;gap:6px;align-items:center;min-width:0;overflow-wrap:anywhere}
.lines .now{margin-left:auto;flex:none;white-space:nowrap;font-weight:600;font-variant-numeric:tabular-nums}

.swatch{width:22px;height:8px;flex:none}
.chart-lines{display:block;width:100%;height:118px;overflow:hidden;font:11px system-ui,sans-serif;font-variant-numeric:tabular-nums;cursor:crosshair}
.chart-lines.flat{height:56px}
.chart-lines text{fill:var(--muted);paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.chart-lines .limit-text{fill:var(--limit)}
.grid{stroke:var(--grid)}
.limit{stroke:var(--limit);stroke-width:1.25;stroke-dasharray:7 4}
.limit.normal{stroke-dasharray:2 4}
.line{fill:none;stroke:var(--series);stroke-width:1.9;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.line.dashed{stroke:var(--fault);stroke-dasharray:6 4;stroke-width:1.6}
.line.dotted{stroke:var(--recovery);stroke-dasharray:1 4;stroke-width:2}
.line.faint{stroke:var(--muted);stroke-width:1;opacity:.75}
.ruler .plot{height:22px;border-top:1px solid var(--muted)}
.chart+.ruler{margin-top:10px}
.ruler .track-name{color:var(--muted)}
.tick{position:absolute;top:0;padding:4px 0 0 4px;border-left:1px solid var(--muted);font-size:11px;line-height:1;color:var(--muted);white-space:nowrap}
.over{position:absolute;inset:0 0 0 ${names};pointer-events:none}
.mark{position:absolute;top:0;bottom:44px;border-left:1.5px solid var(--fault)}
.mark.recovery{border-left:1.5px dashed var(--recovery)}
.mark span{position:absolute;top:0;left:5px;font-size:12px;line-height:18px;white-space:nowrap;color:var(--fault)}
.mark.left span{left:auto;right:5px}
.mark.recovery span{color:var(--recovery)}
.cursor{position:absolute;top:0;bottom:0;width:0;border-left:2px solid var(--ink);box-shadow:0 0 0 1px var(--paper)}
.transport{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;margin:4px 0 10px;position:sticky;top:0;z-index:2;background:var(--paper);padding:6px 0}
.transport[hidden]{display:none}
.transport button{font:inherit;font-size:14px;padding:4px 12px;border:1px solid var(--muted);border-radius:6px;background:var(--panel);color:var(--ink);cursor:pointer;min-height:32px}
.seek{display:flex;flex:1 1 220px;gap:10px;align-items:center;font-size:13px;color:var(--muted)}
.seek input{flex:1;min-width:80px;accent-color:var(--series)}
.clock-now{font-size:13px;font-variant-numeric:tabular-nums;color:var(--muted);min-width:210px}
.terminal{margin:12px 0;overflow-x:auto}
.terminal[hidden]{display:none}
.terminal>*{min-width:860px}
.panel .terminal .ap-overlay-start{display:none}
.values table{font-size:13px;width:auto}
.values td{text-align:right;padding-right:16px}
`;

const runbook = `.source td,.source th{padding:0 10px 0 0}
.source tbody tr+tr>*{border-top:0}
.source tbody th{font:12px/1.6 ui-monospace,monospace;text-align:right}
.source .line-link{color:var(--muted);text-decoration:none}
.source .ran{font-size:12px;color:var(--muted);text-align:right;border-right:4px solid transparent;white-space:nowrap}
.source td:last-child{width:100%;white-space:pre-wrap}
.source tr.heat-1 .ran{border-right-color:var(--good)}
.source tr.heat-2 .ran{border-right-color:var(--recovery)}
.source tr.heat-3 .ran{border-right-color:var(--goodInk)}
.source tr.uncovered .ran{border-right:4px dashed var(--pendingEdge)}
.source tr:target{background:var(--pending);color:var(--pendingInk)}
.source code{white-space:pre-wrap}
.remark{margin:2px 0 6px;padding:2px 10px;border-left:3px solid var(--grid);font-size:13px;white-space:normal}
.remark.bad{border-left-color:var(--firingEdge);background:var(--panel)}
.remark.unclear{border-left-color:var(--pendingEdge);border-left-style:dashed}
.remark.good{border-left-color:var(--recovery)}
`;

const narrow = `@media (max-width:760px){
tbody th{white-space:normal}
main{padding:16px 14px 56px}
.findings>li{grid-template-columns:1fr;gap:2px}
.scenario{padding:0 10px}
.track{grid-template-columns:1fr}
.track-name{padding:0;position:relative;z-index:1;background:var(--paper)}
.lane .track-name{font-size:12px;color:var(--muted);margin-top:2px}
.over{inset:0}
.minor{display:none}
.ruler .track-name{display:none}
.ruler+.ruler .plot{margin-top:0}
.chart .track-name b{display:inline}
.unit,.limits{display:inline;margin-left:6px}
.lines{display:flex;flex-wrap:wrap;gap:0 14px}
.block{padding:8px 10px}
.overview thead{display:none}
.overview,.overview tbody,.overview tr,.overview th,.overview td{display:block;text-align:left}
.overview tr{padding:8px 0}
.overview tbody tr+tr>*{border:0}
.overview tbody tr+tr{border-top:1px solid var(--grid)}
.overview td.number{display:none}
}

@media print{
:root{color-scheme:light;${variables(0)}}
.pill,.lane a,.fate,.fate-key,.ran{print-color-adjust:exact}
main{max-width:none;padding:0}
nav,.transport,.terminal,.values,.output{display:none}
details::details-content{content-visibility:visible;display:block;height:auto}
.scenario,.block,.panel{break-inside:auto;border-color:#999}
.track,tr{break-inside:avoid}
.text{max-height:none}
}`;

/** The style sheet of a page with panels, without the positions and the player. */
export const pageStyle = [basics, scenarios, panels, runbook, narrow].join('');
