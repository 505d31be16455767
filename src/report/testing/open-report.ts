import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';

import { openPage, type OpenPage } from '../../../test/support/open-page.ts';

const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

export interface OpenReport extends OpenPage {
  /** What the page logged, and the errors it threw. */
  readonly messages: readonly string[];
}

/** Opens a page from a file, as a user does. A page that is set as text would not keep its policy. */
export async function openReport(html: string, options: Parameters<typeof openPage>[1] = {}): Promise<OpenReport> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await mkdtempDisposable(path.join(tmpdir(), 'drillbook-report-')));
  const file = path.join(folder.path, 'report.html');
  await writeFile(file, html);
  const opened = stack.use(await openPage({ file }, options));
  const messages: string[] = [];
  opened.page.on('console', (message) => messages.push(message.text()));
  opened.page.on('pageerror', (error) => messages.push(error.message));
  await opened.page.reload();
  const kept = stack.move();
  return { page: opened.page, requests: opened.requests, messages, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** For `page.evaluate`. */
export const openDetails = `for (const details of document.querySelectorAll('details')) details.open = true`;

/** What axe finds serious or critical on the page, as it is now. */
export async function seriousIn(page: Page): Promise<readonly unknown[]> {
  const run = `${axe}; axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [id, impact, nodes.length, nodes[0].html.slice(0, 200)]))`;
  const found = (await page.evaluate(run)) as readonly (readonly [id: string, impact: string, number, string])[];
  return found.filter(([, impact]) => impact === 'serious' || impact === 'critical');
}

/** The images of the docs are written in this font. */
const imageFont = 'DejaVu Sans';

/** Why an image of the page cannot be compared: this browser writes in another font. Undefined: it can. */
export async function otherFont(page: Page): Promise<string | undefined> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: 'h1' });
  const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
  const font = fonts[0]?.familyName;
  return font === imageFont ? undefined : `this browser writes in ${font}, and the images are in ${imageFont}`;
}
