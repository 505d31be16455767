import { openPage } from './open-page.ts';

/** A channel may differ by this much of 255 before a pixel counts: browsers smooth edges a little differently. */
const tolerance = 16;

/** The part of the pixels in which two PNG images differ, 0 to 1. It is 1 if their sizes differ. */
export async function differingPixels(one: Buffer, other: Buffer): Promise<number> {
  await using opened = await openPage({ html: '' });
  const urls = [one, other].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  return (await opened.page.evaluate(`(${compare})(${JSON.stringify(urls)}, ${tolerance})`)) as number;
}

/** Runs in the browser, which can decode PNG. */
const compare = `async function (urls, tolerance) {
  const [one, other] = await Promise.all(urls.map(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  }));
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const far = [0, 1, 2].some((channel) => Math.abs(one.data[at + channel] - other.data[at + channel]) > tolerance);
    if (far) differing += 1;
  }
  return differing / (one.data.length / 4);
}`;
