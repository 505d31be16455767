import { createHash } from 'node:crypto';
import { array, assert, asyncProperty } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { harmfulIn, hostileText } from '../../kernel/testing/hostile-text.ts';
import { file, recordRun } from '../../verdict/testing/record-run.ts';
import {
  castText,
  failingRun,
  judged,
  judgedFrom,
  dataOf,
  pageOf,
  pageScript,
  runbookText,
} from '../testing/sample-page.ts';

test('the verdict and the totals stand first', async () => {
  const page = await pageOf(failingRun);
  const [verdict, totals, scenario] = ['pill fail', '1 scenario: 1 fail', 'id="scenarios"'].map((text) =>
    page.indexOf(text),
  );
  expect(verdict).toBeGreaterThan(0);
  expect(totals).toBeGreaterThan(verdict ?? Infinity);
  expect(scenario).toBeGreaterThan(totals ?? Infinity);
});

test('a scenario that failed is open, one that passed is folded', async () => {
  expect(await pageOf(failingRun)).toMatch(/id="s-queue-paused" open/);
  expect(await pageOf()).toMatch(/id="s-queue-paused">/);
});

test('an unmet check names its line, which the runbook below has with a remark', async () => {
  const page = await pageOf(failingRun);
  expect(page).toMatch(/href="#L31">line 31<\/a>[^<]*failed with 1/);
  expect(page).toMatch(/<tr id="L31"[^>]*>.*docker compose ps<\/code><div class="remark bad">/);
  expect(page).toMatch(/<tr id="L30" class="heat-1">.*>1×<td>/);
});

test('each command has its line, its outcome and its time', async () => {
  const page = await pageOf(failingRun);
  expect(page).toMatch(
    /href="#L30">30<\/a><td><a class="seek-to"[^>]*><code>docker compose exec api node resume\.mjs mail<\/code><\/a><td>.*✓ exit 0/,
  );
  expect(page).toMatch(/✗ exit 1/);
});

test('both arms have a timeline with phases, the fault and the cure, and both clocks', async () => {
  const page = await pageOf();
  for (const arm of ['treatment', 'control']) {
    const panel = page.slice(page.indexOf(`id="queue-paused-${arm}"`));
    expect(panel).toMatch(/title="phase baseline, done \(0:\d\d.* to 0:\d\d.* in the sandbox\)">baseline/);
    expect(panel).toMatch(/class="mark fault/);
    expect(panel).toMatch(/>Sandbox<.*class="tick/s);
    expect(panel).toMatch(/>Real<.*class="tick/s);
  }
  expect(page.match(/class="mark recovery/g)).toHaveLength(1);
});

test('the charts have the thresholds of the runbook, and their values as a table', async () => {
  const page = await pageOf();
  expect(page).toMatch(/<b>Waiting<\/b>.*normal &lt; 1000, alert &gt; 5000/);
  expect(page).toMatch(/aria-label="Waiting: mail from 0 to \d+; whole fleet from 0 to \d+"/);
  expect(page).toMatch(/Values of these charts as a table/);
});

test('the transcripts stand in the page as asciicast v2', async () => {
  const page = await pageOf();
  const data = JSON.parse(dataOf(page)) as readonly {
    readonly terminal?: { readonly lines: readonly unknown[] };
  }[];
  const [head, ...events] = data[0]?.terminal?.lines ?? [];
  expect(head).toEqual({ version: 2, width: 80, height: 8 });
  expect(events.join('\n')).toContain('worker-mail  Up 2 minutes');
});

test('the ledger has each fate and each limit', async () => {
  const page = await pageOf({ jobs: { lost: 2, duplicated: 3 } });
  expect(page).toMatch(/done more than once <b>3<\/b>/);
  expect(page).toMatch(/>lost <b>2<\/b>/);
  expect(page).toMatch(/<code>lost-0<\/code> of mail/);
});

test('a history without the runbook’s text still lists the lines that the run names', async () => {
  const run = await judgedFrom(recordRun(failingRun));
  const page = await pageOf(run);
  expect(page).toContain('does not hold the runbook’s text');
  expect(page).toMatch(/<tr id="L31".*remark bad/);
});

test('what no scenario judges, and what is not understood, is marked at its line', async () => {
  const note = { message: 'the column `Warning` is not checked', location: { file, line: 7 } };
  const address = '9 > bash[1]';
  const page = await pageOf({
    runbook: {
      notUnderstood: [note],
      sections: [{ number: '9', title: 'Last', line: 5, endLine: 9, procedures: [address] }],
      blocks: [{ address, location: { file, line: 9 } }],
    },
  });
  expect(page).toMatch(/<tr id="L7".*not understood.*the column `Warning`/);
  expect(page).toMatch(/<tr id="L9".*not covered.*no scenario judges it/);
});

describe('the policy', () => {
  test('allows the scripts and styles of the page by their digests, and nothing else', async () => {
    const page = await pageOf();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? '';
    const parts = [...page.matchAll(/<(style|script)>(.*?)<\/\1>/gs)].map(([, , text = '']) => text);
    expect(parts).toHaveLength(5);
    for (const text of parts) expect(policy).toContain(createHash('sha256').update(text).digest('base64'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(parts).toContain(pageScript);
  });

  test('a page without a terminal needs no WebAssembly', async () => {
    const page = await pageOf({}, 'no cast');
    expect(page).not.toContain('wasm-unsafe-eval');
  });
});

describe('text from outside', () => {
  test('is literal, wherever it stands', async () => {
    await assert(
      asyncProperty(array(hostileText, { minLength: 12, maxLength: 12 }), async (texts) => {
        const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = '', i = '', j = '', k = '', l = ''] = texts;
        const cast = `${castText}${JSON.stringify([1, 'o', a])}\n`;
        const run = await judged({
          runbook: { text: `${runbookText}${b}`, title: c, version: d, repairs: [e] },
          plan: { title: f },
          commands: [{ location: { file, line: 31 }, exitCode: 1, text: g, output: h }],
          diagnosisOutput: i,
          procedure: { unfilled: [j] },
        });
        const noted = { ...run, report: { ...run.report, notes: [k], leftovers: [l], interrupted: a } };
        const page = await pageOf(noted, cast);
        const outside = page.replaceAll(/<(style|script)>.*?<\/\1>/gs, '');
        expect(harmfulIn(outside)).toEqual([]);
        expect(outside.match(/<script/g)).toHaveLength(1);
        expect(dataOf(page)).not.toContain('<');
        expect(outside).not.toMatch(/\son\w+=|javascript:/i);
      }),
      { numRuns: 60, seed: 4 },
    );
  }, 120_000);

  test('a line of 10 MB does not make the page large', async () => {
    const long = 'x'.repeat(10_000_000);
    const run: Parameters<typeof judged>[0] = {
      runbook: { text: `${runbookText}${long}` },
      commands: [{ exitCode: 1, output: long }],
      diagnosisOutput: long,
    };
    const page = await pageOf(run, `${castText}${JSON.stringify([1, 'o', long])}\n`);
    expect(page.length).toBeLessThan(4_000_000);
  });
});
