import { colors } from './picture-style.ts';

const variables = (scheme: 0 | 1): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}:${color[scheme]}`)
    .join(';');

/** The style sheet of `alerts.html`, without that of its pictures. */
export const alertsPageStyle = `:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:20px 24px 64px}
h1{font-size:26px;margin:0 0 4px}
h2{font-size:19px;margin:0}
h3{font-size:15px;margin:20px 0 6px}
p{margin:6px 0}
section{margin-top:36px}
section.rule{border-top:1px solid var(--grid);padding-top:20px}
.head{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center}
.facts{color:var(--muted)}
code,.place{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
.place{color:var(--muted)}
pre{margin:8px 0;padding:8px 12px;background:var(--panel);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
a{color:var(--series)}
.pill{display:inline-block;padding:1px 9px;border-radius:10px;border:1px solid transparent;font-size:13px;font-weight:600;white-space:nowrap}
.pass,.fired{background:var(--good);color:var(--goodInk)}
.fail,.late{background:var(--firing);color:var(--firingInk);border-color:var(--firingEdge)}
.inconclusive,.unknown{background:var(--pending);color:var(--pendingInk);border:1px dashed var(--pendingEdge)}
.quiet,.note{color:var(--muted);border-color:var(--grid)}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:5px 12px 5px 0;text-align:left;vertical-align:top}
thead th{color:var(--muted);font-weight:500;font-size:13px;border-bottom:1px solid var(--grid)}
tbody th{font-weight:500}
tbody tr+tr>*{border-top:1px solid var(--grid)}
.matrix{margin-top:8px}
.matrix th:first-child{position:sticky;left:0;background:var(--paper);padding-right:20px;white-space:nowrap}
.matrix thead th{vertical-align:bottom}
.matrix th+th,.matrix td{padding-right:20px}
.matrix td{min-width:88px}
.key{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0 0;padding:0;list-style:none;color:var(--muted);font-size:13px}
.findings{margin:10px 0;padding:0;list-style:none}
.findings li{display:grid;grid-template-columns:52px 1fr;gap:10px;margin:8px 0}
.findings .pill{justify-self:start;align-self:start}
.findings .place{display:block}
.why{color:var(--muted)}
figure{margin:24px 0 0}
figcaption{margin-bottom:4px}
figcaption p{color:var(--muted);font-size:14px;max-width:72ch}
.alert-picture{display:block;max-width:100%;height:auto}
.narrow{display:none}
details{margin:4px 0 0 14px}
summary{cursor:pointer;color:var(--series);padding:4px 0;width:fit-content}
.values td,.values th{font-size:13px;padding:2px 20px 2px 0}
.number{text-align:right}
@media (max-width:760px){
main{padding:16px 14px 48px}
.narrow{display:block}
.full{display:none}
.times thead{display:none}
.times,.times tbody,.times tr,.times th,.times td{display:block}
.times tr{padding:10px 0}
.times tbody tr+tr>*{border:0}
.times tbody tr+tr{border-top:1px solid var(--grid)}
.times th,.times td{padding:1px 0}
.times td[data-label]::before{content:attr(data-label) " ";color:var(--muted);font-size:13px}
details{margin-left:0}
}`;
