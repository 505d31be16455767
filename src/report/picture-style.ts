/** Each color in the light and in the dark scheme. Text has a contrast of at least 4.5 to what is behind it. */
export const colors = {
  paper: ['#ffffff', '#10151b'],
  panel: ['#f5f7f9', '#181f27'],
  ink: ['#1b1f24', '#e6e9ed'],
  muted: ['#57606a', '#a3acb8'],
  grid: ['#e3e6ea', '#28303a'],
  series: ['#0b5cad', '#6cb2ff'],
  limit: ['#a8231a', '#ff948b'],
  pending: ['#ffe9b0', '#4a3a0c'],
  pendingInk: ['#5c4000', '#ffdc85'],
  pendingEdge: ['#94660a', '#c79a2b'],
  firing: ['#ffcfc9', '#5a1d19'],
  firingInk: ['#86170e', '#ffbdb6'],
  firingEdge: ['#c0392b', '#e0685d'],
  good: ['#d3f0de', '#123a22'],
  goodInk: ['#0a5730', '#93e5b8'],
  fault: ['#6b2fb3', '#cda7ff'],
  recovery: ['#0a6b3b', '#6fd79c'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

const rules: readonly (readonly [selector: string, property: string, color: keyof typeof colors])[] = [
  ['.paper', 'fill', 'paper'],
  ['text', 'fill', 'muted'],
  ['.name', 'fill', 'ink'],
  ['.grid', 'stroke', 'grid'],
  ['.axis', 'stroke', 'muted'],
  ['.series', 'stroke', 'series'],
  ['.limit', 'stroke', 'limit'],
  ['text.limit-text', 'fill', 'limit'],
  ['.pending', 'fill', 'pending'],
  ['text.pending-text', 'fill', 'pendingInk'],
  ['.pending.lane', 'stroke', 'pendingEdge'],
  ['.firing', 'fill', 'firing'],
  ['text.firing-text', 'fill', 'firingInk'],
  ['.firing.lane', 'stroke', 'firingEdge'],
  ['.fault', 'stroke', 'fault'],
  ['text.fault-text', 'fill', 'fault'],
  ['.recovery', 'stroke', 'recovery'],
  ['text.recovery-text', 'fill', 'recovery'],
];

/** Plain rules instead of CSS variables, because not each viewer of SVG knows those. */
function colorRules(scheme: 0 | 1): string {
  return rules
    .map(([selector, property, color]) => `.alert-picture ${selector}{${property}:${colors[color][scheme]}}`)
    .join('\n');
}

/** The style sheet of all pictures. It touches nothing outside them. */
export const pictureStyle = `.alert-picture{font:11px system-ui,sans-serif;font-variant-numeric:tabular-nums}
.alert-picture .name{font-size:14px;font-weight:600}
.alert-picture .code{font-family:ui-monospace,monospace}
.alert-picture .lane-text{font-weight:600}
.alert-picture .wash{opacity:.4}
.alert-picture .series{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.alert-picture .limit{stroke-width:1.5;stroke-dasharray:6 4}
.alert-picture .fault,.alert-picture .recovery{stroke-width:1.5}
.alert-picture .recovery{stroke-dasharray:2 3}
${colorRules(0)}
@media (prefers-color-scheme:dark){
${colorRules(1)}
}`;
