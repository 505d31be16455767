import { createHash } from 'node:crypto';

import { withoutCommands } from '../../kernel/plain-text.ts';
import { markup, type Markup } from '../markup.ts';
import { pageData } from './page-data.ts';
import { pageStyle } from './page-style.ts';
import type { Positions } from './positions.ts';
import type { TimePanel } from './time-panel.ts';

/** What a page needs besides its content: text of files that Drillbook brings. */
export interface PageScripts {
  /** The script of the cursor and the terminals. */
  readonly page: string;
  readonly player: string;
  readonly playerStyle: string;
}

interface FrameInput {
  readonly title: string;
  readonly body: Markup;
  /** All panels of the body. */
  readonly panels: readonly TimePanel[];
  /** The one that the body was made with. */
  readonly positions: Positions;
  readonly scripts: PageScripts;
}

/**
 * A whole page in one file. Its policy allows nothing but its own style sheets and scripts, by their digests, and the
 * terminal's WebAssembly. So nothing that stands in its text can act.
 */
export function renderFrame({ title, body, panels, positions, scripts }: FrameInput): string {
  const hasTerminal = panels.some(({ terminal }) => terminal !== undefined);
  const styles = [pageStyle, positions.css, ...(hasTerminal ? [scripts.playerStyle] : [])];
  const code = [...(hasTerminal ? [scripts.player] : []), scripts.page].map(asScript);
  const policy = [
    `default-src 'none'`,
    `style-src ${styles.map(digest).join(' ')}`,
    `script-src ${code.map(digest).join(' ')}${hasTerminal ? ` 'wasm-unsafe-eval'` : ''}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const head = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
`;
  const rest = markup`</head>
<body>
<main>
${body}</main>
`;
  // Style sheets and scripts stay as they are, because their digests stand in the policy.
  return [
    withoutCommands(head.toString()),
    ...styles.map((text) => `<style>${text}</style>\n`),
    withoutCommands(rest.toString()),
    `<script type="application/json" id="data">${pageData(panels)}</script>\n`,
    ...code.map((text) => `<script>${text}</script>\n`),
    '</body>\n</html>\n',
  ].join('');
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A script ends at the first `</script`, also inside a string. */
function asScript(text: string): string {
  return text.replaceAll(/<\/(script)/gi, String.raw`<\/$1`).replaceAll('<!--', String.raw`<\!--`);
}
