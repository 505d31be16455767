/**
 * Reads the rules in YAML as Prometheus does, and finds what Prometheus would refuse or silently drop.
 *
 *     documents → groups, or a bare list → rules → fields
 *
 * What cannot be read throws a ProblemError, and the next larger part keeps it: a rule, a group or the document. What
 * can be read in spite of a problem is read.
 */
import { isMap, isScalar, parseAllDocuments, type Document, type YAMLMap } from 'yaml';

import { mapScalar, type YamlSource } from './map-scalar.ts';
import { RuleFields } from './rule-fields.ts';
import type { AlertRule, RecordingRule, RuleGroup, RuleProblem } from './runbook.ts';
import { asText, ProblemError, TooManyAliases } from './yaml-fields.ts';

export interface ReadRules {
  readonly alerts: readonly AlertRule[];
  readonly recordings: readonly RecordingRule[];
  /** In the order of the file. */
  readonly problems: readonly RuleProblem[];
}

const fieldsOf = {
  alert: ['alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'],
  record: ['record', 'expr', 'labels'],
  group: ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
  file: ['groups'],
} as const;

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Reads a list of rules, or `groups:`. It never throws for malformed rules. */
export function readRules(source: YamlSource): ReadRules {
  const documents = parseAllDocuments(source.code, { prettyErrors: false });
  const [first, second] = (Array.isArray(documents) ? documents : []).filter(
    ({ contents, errors }) => !isEmpty(contents) || errors.length > 0,
  );
  if (!first) return { alerts: [], recordings: [], problems: [] };
  const reader = new RulesReader(source, first);
  reader.read(first);
  if (second) {
    const message = 'a second YAML document stands here, and Prometheus silently drops it';
    reader.keep(message, second.range[0], 'put its rules into the first document');
  }
  const problems = reader.problems.toSorted(
    ({ location: one }, { location: other }) => one.line - other.line || (one.column ?? 1) - (other.column ?? 1),
  );
  return { alerts: reader.alerts, recordings: reader.recordings, problems };
}

/** A document of comments alone loses nothing. */
function isEmpty(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

class RulesReader {
  readonly alerts: AlertRule[] = [];
  readonly recordings: RecordingRule[] = [];
  readonly problems: RuleProblem[] = [];
  readonly #source: YamlSource;
  readonly #fields: RuleFields;

  constructor(source: YamlSource, document: Document) {
    this.#source = source;
    this.#fields = new RuleFields(source, document, this.problems);
  }

  read({ contents, errors, warnings }: Document): void {
    const flaw = errors[0] ?? warnings[0];
    if (flaw) this.keep(`the alert rules cannot be read: ${flaw.message}`, flaw.pos[0], 'correct the YAML');
    else this.#attempt(() => this.#root(contents), 'document');
  }

  keep(message: string, offset: number, next: string): void {
    const location = this.#source.locate(Math.min(offset, this.#source.code.length));
    this.problems.push({ message, next, location });
  }

  #root(node: unknown): void {
    if (!isMap(node)) return this.#rules(this.#fields.items(node, 'the alert rules'), undefined);
    if (node.has('alert') || node.has('record')) return this.#rules([node], undefined);
    const isResource = node.get('kind') === 'PrometheusRule';
    const root = isResource ? this.#fields.map(node.get('spec', true), '`spec`') : node;
    if (!root.has('groups')) throw this.#fields.error('the alert rules are neither a list nor `groups:`', root);
    this.#fields.refuseUnknown(root, isResource ? '`spec`' : 'the file', fieldsOf.file);
    this.#groups(this.#fields.items(root.get('groups', true), '`groups`', root));
  }

  #groups(nodes: readonly unknown[]): void {
    const seen = new Set<string>();
    for (const node of nodes) {
      this.#attempt(() => {
        const group = this.#fields.map(node, 'a group');
        const name = this.#fields.text(group, 'name');
        if (name === undefined) throw this.#fields.error('the group has no `name`', group, 'give it one');
        if (seen.has(name)) throw this.#fields.error(`the group ${name} exists already`, group, 'give it another name');
        seen.add(name);
        this.#group(group, name);
      });
    }
  }

  #group(group: YAMLMap, name: string): void {
    this.#fields.refuseUnknown(group, `the group ${name}`, fieldsOf.group);
    const read: RuleGroup = {
      name,
      interval: this.#fields.duration(group, 'interval'),
      queryOffset: this.#fields.duration(group, 'query_offset'),
      limit: this.#fields.limit(group),
    };
    const rules = this.#fields.items(group.get('rules', true), '`rules`', group);
    this.#rules(rules, read, this.#fields.texts(group, 'labels'));
  }

  #rules(nodes: readonly unknown[], group: RuleGroup | undefined, labels: Readonly<Record<string, string>> = {}): void {
    const seen = new Map<string, number>();
    for (const node of nodes) {
      this.#attempt(() => {
        const rule = this.#fields.map(node, 'an alert rule');
        const read = this.#rule(rule, group, labels);
        const key = keyOf(rule.has('record'), read);
        const twin = seen.get(key);
        if (twin !== undefined)
          this.#fields.soft(
            `the rule ${read.name} with the same labels stands already at line ${twin}`,
            node,
            'keep one',
          );
        else seen.set(key, read.location.line);
      });
    }
  }

  #rule(
    rule: YAMLMap,
    group: RuleGroup | undefined,
    groupLabels: Readonly<Record<string, string>>,
  ): AlertRule | RecordingRule {
    const kind = this.#kind(rule);
    const name = this.#name(rule, kind);
    const expr = this.#fields.scalar(rule, 'expr');
    if (expr === undefined) throw this.#fields.error(`the rule ${name} has no \`expr\``, rule);
    this.#fields.refuseUnknown(rule, `the rule ${name}`, fieldsOf[kind]);
    this.#fields.refuseNumber(expr, 'expr');
    const common: RecordingRule = {
      name,
      expr: asText(expr),
      exprMap: mapScalar(asText(expr), this.#source, expr.range?.[0] ?? 0),
      labels: { ...groupLabels, ...this.#fields.texts(rule, 'labels') },
      group,
      location: this.#fields.locate(rule),
      fields: this.#fields.places(rule),
    };
    if (kind === 'record') {
      this.recordings.push(common);
      return common;
    }
    const alert: AlertRule = {
      ...common,
      for: this.#fields.duration(rule, 'for'),
      keepFiringFor: this.#fields.duration(rule, 'keep_firing_for'),
      annotations: this.#fields.texts(rule, 'annotations'),
    };
    this.alerts.push(alert);
    return alert;
  }

  #kind(rule: YAMLMap): 'alert' | 'record' {
    if (rule.has('alert') && rule.has('record'))
      throw this.#fields.error('the rule has both `alert` and `record`', rule, 'make two rules of it');
    return rule.has('record') ? 'record' : 'alert';
  }

  #name(rule: YAMLMap, kind: 'alert' | 'record'): string {
    const name = this.#fields.text(rule, kind);
    if (name === undefined) throw this.#fields.error(`the rule has no \`${kind}\``, rule);
    if (kind === 'record' && !metricName.test(name))
      throw this.#fields.error(
        `\`${name}\` is no metric name`,
        rule.get('record', true),
        'write for example a:b:rate5m',
      );
    return name;
  }

  #attempt(read: () => void, whole?: 'document'): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ProblemError) || (error instanceof TooManyAliases && !whole)) throw error;
      this.problems.push(error.problem);
    }
  }
}

/** Prometheus cannot tell two rules with the same key from each other. */
function keyOf(records: boolean, { name, labels }: RecordingRule): string {
  const names = Object.keys(labels).toSorted();
  return JSON.stringify([records, name, names.map((label) => [label, labels[label]])]);
}
