import { isMap, isScalar, type Document, type Scalar, type YAMLMap } from 'yaml';

import type { Location } from '../kernel/errors.ts';
import type { YamlSource } from './map-scalar.ts';
import { parsePrometheusDuration } from './prometheus-duration.ts';
import type { RuleProblem } from './runbook.ts';
import { asText, YamlFields } from './yaml-fields.ts';

/** Prometheus 2 takes only these; Prometheus 3 takes any text, but then no query can name it without quotes. */
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Reads the fields of rules and groups. It keeps the problems with which a rule can still be read. */
export class RuleFields extends YamlFields {
  readonly #problems: RuleProblem[];

  /** @param problems gets the problems with which a rule can still be read */
  constructor(source: YamlSource, document: Document, problems: RuleProblem[]) {
    super(source, document);
    this.#problems = problems;
  }

  /** Of the values, by the name of their field. */
  places(rule: YAMLMap): Readonly<Record<string, Location>> {
    const places: Record<string, Location> = {};
    for (const { key, value } of rule.items) {
      places[String(key)] = this.locate(value ?? key);
      const inner = this.peek(value);
      if (isMap(inner))
        for (const pair of inner.items)
          places[`${String(key)}.${String(pair.key)}`] = this.locate(pair.value ?? pair.key);
    }
    return places;
  }

  /** Labels or annotations. */
  texts(parent: YAMLMap, key: 'labels' | 'annotations'): Readonly<Record<string, string>> {
    const node = this.resolve(parent.get(key, true));
    if (node === undefined || (isScalar(node) && node.value === null)) return {};
    const map = this.map(node, `\`${key}\``);
    return Object.fromEntries(
      map.items.map((pair) => {
        const name = String(pair.key);
        if (!labelName.test(name) || (key === 'labels' && name === '__name__'))
          throw this.error(`\`${name}\` is no name for one of the ${key}`, pair.key, 'use letters, digits and _');
        const text = this.text(map, name);
        if (text === undefined) this.soft(`\`${name}\` has no text, so Prometheus drops it`, pair.key, 'write one');
        return [name, text ?? ''];
      }),
    );
  }

  duration(map: YAMLMap, key: string): string | undefined {
    const node = this.scalar(map, key);
    if (node === undefined) return undefined;
    const text = asText(node);
    if (parsePrometheusDuration(text) !== undefined) return text;
    throw this.error(`\`${key}: ${text}\` is no duration`, node, 'expected for example 5m, 90s or 1h30m');
  }

  limit(group: YAMLMap): number | undefined {
    const node = this.scalar(group, 'limit');
    if (node === undefined) return undefined;
    if (typeof node.value === 'number' && Number.isInteger(node.value) && node.value >= 0) return node.value;
    throw this.error(`\`limit: ${asText(node)}\` is no number of alerts`, node, 'write a whole number');
  }

  text(map: YAMLMap, key: string): string | undefined {
    const node = this.scalar(map, key);
    if (node === undefined) return undefined;
    this.refuseNumber(node, key);
    return asText(node);
  }

  /** Prometheus takes it as text, but the Prometheus operator and other readers refuse it or change it. */
  refuseNumber(node: Scalar, key: string): void {
    if (typeof node.value === 'string') return;
    const found = `\`${key}: ${asText(node)}\` is a ${typeof node.value}`;
    this.soft(`${found}, and text is needed`, node, `write "${asText(node)}" in quotes`);
  }

  refuseUnknown(map: YAMLMap, what: string, known: readonly string[]): void {
    for (const { key } of map.items) {
      if (!known.includes(String(key)))
        this.soft(
          `${what} has a field that Prometheus does not know there: \`${String(key)}\``,
          key,
          `the fields are ${known.join(', ')}`,
        );
    }
  }

  /** Keeps a problem with which the rule can still be read. */
  soft(message: string, node: unknown, next: string): void {
    this.#problems.push({ message, next, location: this.locate(node) });
  }
}
