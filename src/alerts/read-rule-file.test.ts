import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { formatLocation, InputError } from '../kernel/errors.ts';
import { locateInExpr } from '../runbook/map-scalar.ts';
import { parseRuleFile, readRuleFile } from './read-rule-file.ts';

const folder = fileURLToPath(new URL('../../fixtures/rules-broken/', import.meta.url));

describe('refuses a rule file with the place of the first problem', () => {
  test.each<readonly [file: string, code: 'UNREADABLE' | 'EMPTY' | 'INVALID', at: string | undefined, says: RegExp]>([
    ['missing.yml', 'UNREADABLE', undefined, /missing\.yml does not exist/],
    ['', 'UNREADABLE', undefined, /is a folder/],
    ['not-utf-8.yml', 'UNREADABLE', '2:19', /not UTF-8/],
    ['empty.yml', 'EMPTY', '1:1', /is empty/],
    ['only-comments.yml', 'EMPTY', '1:1', /no alert rule/],
    ['no-groups.yml', 'EMPTY', '1:1', /no alert rule/],
    ['no-rules.yml', 'EMPTY', '1:1', /no alert rule/],
    ['only-recording.yml', 'EMPTY', '1:1', /no alert rule/],
    ['second-document.yml', 'INVALID', '6:1', /second YAML document .* silently drops/],
    ['rule-twice.yml', 'INVALID', '7:9', /High with the same labels .* line 4/],
    ['group-twice.yml', 'INVALID', '6:5', /group fleet exists already/],
    ['unknown-field.yml', 'INVALID', '6:9', /does not know there: `fro`/],
    ['unknown-group-field.yml', 'INVALID', '3:5', /`evaluation_interval`/],
    ['unknown-file-field.yml', 'INVALID', '1:1', /`global`/],
    ['recording-with-for.yml', 'INVALID', '8:9', /does not know there: `for`/],
    ['bad-for.yml', 'INVALID', '6:14', /`for: 5 minutes` is no duration/],
    ['for-number.yml', 'INVALID', '6:14', /`for: 90` is no duration/],
    ['for-order.yml', 'INVALID', '6:14', /`for: 30m1h` is no duration/],
    ['bad-keep.yml', 'INVALID', '6:26', /`keep_firing_for: 1\.5h` is no duration/],
    ['bad-interval.yml', 'INVALID', '3:15', /`interval: 1min` is no duration/],
    ['bad-limit.yml', 'INVALID', '3:12', /`limit: many` is no number/],
    ['too-many-aliases.yml', 'INVALID', '1002:37', /more than 1000 aliases/],
    ['alias-twice.yml', 'INVALID', '4:3', /same labels .* line 2/],
    ['unknown-alias.yml', 'INVALID', '6:17', /no anchor `&severity`/],
    ['key-twice.yml', 'INVALID', '6:9', /keys must be unique/],
    ['alert-number.yml', 'INVALID', '1:10', /`alert: 503` is a number/],
    ['label-number.yml', 'INVALID', '7:21', /`severity: 1` is a number/],
    ['label-empty.yml', 'INVALID', '7:11', /`severity` has no text/],
    ['label-name.yml', 'INVALID', '7:11', /`alert-level` is no name/],
    ['expr-missing.yml', 'INVALID', '1:3', /High has no `expr`/],
    ['expr-list.yml', 'INVALID', '2:9', /`expr` must be text/],
    ['alert-and-record.yml', 'INVALID', '1:3', /both `alert` and `record`/],
    ['group-without-name.yml', 'INVALID', '2:5', /no `name`/],
    ['rules-missing.yml', 'INVALID', '2:5', /`rules` must be a list/],
    ['not-a-list.yml', 'INVALID', '1:1', /neither a list nor `groups:`/],
    ['only-text.yml', 'INVALID', '1:1', /must be a list/],
    ['yaml-broken.yml', 'INVALID', '3:1', /cannot be read/],
    ['tab.yml', 'INVALID', '2:2', /cannot be read/],
    ['merge-key.yml', 'INVALID', '4:3', /`<<`/],
    ['promql-plain.yml', 'INVALID', '2:34', /PromQL of High .* ends too early/],
    ['promql-block.yml', 'INVALID', '7:36', /PromQL of High .* missing/],
    ['promql-folded.yml', 'INVALID', '7:12', /PromQL of High/],
    ['promql-quoted.yml', 'INVALID', '2:23', /`fooz` is no function/],
    ['promql-template.yml', 'INVALID', '2:15', /PromQL of High/],
    ['crlf-and-mark.yml', 'INVALID', '3:8', /`for: soon`/],
    ['prometheus-rule.yml', 'INVALID', '6:17', /`interval: never`/],
  ])('%s', async (name, code, at, says) => {
    const file = `${folder}${name}`;
    const error: unknown = await readRuleFile(file).catch((thrown: unknown) => thrown);
    if (!(error instanceof InputError)) throw new Error('expected an InputError', { cause: error });
    expect({ code: error.code, exit: error.exitCode }).toEqual({ code: `RULES_${code}`, exit: 64 });
    expect(error.location && formatLocation(error.location)).toBe(at === undefined ? undefined : `${file}:${at}`);
    expect(error.message).toMatch(says);
    expect(error.next).toMatch(/\w/);
  });
});

const read = (text: string): ReturnType<typeof parseRuleFile> => parseRuleFile(new TextEncoder().encode(text), 'f.yml');

describe('reads', () => {
  test('groups, with what they say for their rules', () => {
    const { alerts, recordings } = read(`groups:
  - name: fleet
    interval: 30s
    query_offset: 1m
    limit: 5
    labels: { team: ops, severity: none }
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: High
        expr: job:up:sum == 0
        for: 1h30m
        keep_firing_for: 0
        labels: { severity: page }
        annotations: { summary: down }
`);
    expect(recordings.map(({ name, expr, labels }) => [name, expr, labels])).toEqual([
      ['job:up:sum', 'sum by (job) (up)', { team: 'ops', severity: 'none' }],
    ]);
    expect(alerts).toMatchObject([
      {
        name: 'High',
        for: '1h30m',
        keepFiringFor: '0',
        labels: { team: 'ops', severity: 'page' },
        annotations: { summary: 'down' },
        group: { name: 'fleet', interval: '30s', queryOffset: '1m', limit: 5 },
        location: { file: 'f.yml', line: 10, endLine: 15 },
      },
    ]);
  });

  test.each([
    ['a bare list', '- alert: A\n  expr: up\n'],
    ['one rule', 'alert: A\nexpr: up\n'],
    [
      'a PrometheusRule',
      'kind: PrometheusRule\nspec:\n  groups:\n    - name: g\n      rules: [{ alert: A, expr: up }]\n',
    ],
    ['aliases', '- &a\n  alert: A\n  expr: up\n  labels: &l { x: y }\n- alert: B\n  expr: up\n  labels: *l\n'],
    ['an empty document after the rules', '- alert: A\n  expr: up\n---\n# nothing\n'],
    ['rules of one name with other labels', '- alert: A\n  expr: up\n- alert: A\n  expr: up\n  labels: { x: y }\n'],
    ['line ends of Windows and a byte order mark', '\uFEFF- alert: A\r\n  expr: up\r\n'],
    ['a file without a last line end', '- alert: A\n  expr: up'],
  ])('%s', (_, text) => {
    expect(read(text).alerts[0]).toMatchObject({ name: 'A', expr: 'up' });
  });

  test('an expression over several lines, with the place of each character', () => {
    const { alerts } = read('\uFEFF- alert: A\r\n  expr: |\r\n    sum(\r\n      up\r\n    ) > 5\r\n');
    const [rule] = alerts;
    if (!rule) throw new Error('no rule');
    expect(formatLocation(locateInExpr(rule, rule.expr.indexOf('up')))).toBe('f.yml:4:7');
    expect(formatLocation(locateInExpr(rule, rule.expr.indexOf('5')))).toBe('f.yml:5:9');
  });
});
