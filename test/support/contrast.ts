import type { Page } from 'playwright-core';

/** A visible text and how well it can be read. */
export interface TextContrast {
  readonly text: string;
  /** 1 to 21, as WCAG 2 computes it. */
  readonly ratio: number;
}

/**
 * The contrast of each visible text of a page to what is painted behind its middle, HTML and SVG.
 * Of a table with many lines it reads the first ones.
 */
export async function measureContrast(page: Page): Promise<readonly TextContrast[]> {
  return (await page.evaluate(`(${measure})()`)) as TextContrast[];
}

/** Runs in the browser. */
const measure = String.raw`function () {
  const readColor = (text, opacity = 1) => {
    const [r = 0, g = 0, b = 0, a = 1] = (/^rgb/.test(text) ? text.match(/[\d.]+/g) : ['0', '0', '0', '0']).map(Number);
    return { rgb: [r, g, b], a: a * opacity };
  };
  const paintOf = (element) => {
    const style = getComputedStyle(element);
    if (!(element instanceof SVGElement)) return readColor(style.backgroundColor, Number(style.opacity));
    const area = ['rect', 'circle', 'path', 'polygon'].includes(element.tagName);
    return readColor(area ? style.fill : 'none', Number(style.opacity) * Number(style.fillOpacity));
  };
  const over = (front, rgb) => rgb.map((value, index) => front.rgb[index] * front.a + value * (1 - front.a));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.data.trim();
    if (text === '' || element.closest('style, title, desc, tbody tr:nth-child(n + 12)')) continue;
    if (!element.checkVisibility()) continue;
    element.scrollIntoView({ block: 'center', inline: 'center' });
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getClientRects()[0];
    if (!box) continue;
    const behind = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (behind.length === 0) throw new Error('nothing is painted at the text ' + text);
    let back = [255, 255, 255];
    for (const part of behind.toReversed()) back = over(paintOf(part), back);
    const style = getComputedStyle(element);
    const front = over(readColor(element instanceof SVGElement ? style.fill : style.color), back);
    const [dark, light] = [luminance(front), luminance(back)].sort((a, b) => a - b);
    texts.push({ text, ratio: (light + 0.05) / (dark + 0.05) });
  }
  return texts;
}`;
