import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node as YamlNode,
  type YAMLMap,
} from 'yaml';

import { InputError, type Location } from '../kernel/errors.ts';
import type { Fence } from './fence.ts';
import type { AlertRule } from './runbook.ts';

const ruleKeys = ['alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

const mostAliases = 100;

/**
 * Reads the Prometheus alert rules of the YAML blocks: a list of rules, or `groups:`. Skips blocks without `alert:`.
 * @throws InputError for malformed YAML, and for rules that Prometheus would refuse
 */
export function parseAlertRules(fences: readonly Fence[]): readonly AlertRule[] {
  return fences
    .filter(({ language, code }) => /^ya?ml$/.test(language) && /^[ \t-]*["']?alert["']?[ \t]*:/m.test(code))
    .flatMap(readBlock);
}

function readBlock(fence: Fence): readonly AlertRule[] {
  const documents = parseAllDocuments(fence.code, { lineCounter: new LineCounter(), prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error)
      throw ruleError(
        `the alert rules cannot be read: ${error.message}`,
        fence.locate(Math.min(error.pos[0], fence.code.length)),
      );
    return new RuleReader(fence, document).read();
  });
}

class RuleReader {
  readonly #fence: Fence;
  readonly #document: Document;
  #aliases = 0;

  constructor(fence: Fence, document: Document) {
    this.#fence = fence;
    this.#document = document;
  }

  read(): readonly AlertRule[] {
    const root = this.#document.contents;
    if (isMap(root) && root.has('groups'))
      return this.#items(root.get('groups', true), 'groups').flatMap((group) => this.#group(group));
    if (isMap(root)) return this.#rules([root], undefined);
    return this.#rules(this.#items(root, 'the alert rules'), undefined);
  }

  #group(node: unknown): readonly AlertRule[] {
    const group = this.#map(node, 'a group');
    const name = this.#text(group, 'name');
    if (name === undefined) throw this.#error('the group has no `name`', group);
    return this.#rules(this.#items(group.get('rules', true), '`rules`'), {
      name,
      interval: this.#duration(group, 'interval'),
    });
  }

  #rules(nodes: readonly unknown[], group: AlertRule['group']): readonly AlertRule[] {
    return nodes.flatMap((node) => {
      const rule = this.#map(node, 'an alert rule');
      return rule.has('record') ? [] : [this.#rule(rule, group)];
    });
  }

  #rule(rule: YAMLMap, group: AlertRule['group']): AlertRule {
    const name = this.#text(rule, 'alert');
    if (name === undefined) throw this.#error('the rule has no `alert`', rule);
    const expr = this.#text(rule, 'expr');
    if (expr === undefined) throw this.#error(`the rule ${name} has no \`expr\``, rule);
    for (const { key } of rule.items) {
      if (!ruleKeys.includes(String(key)))
        throw this.#error(
          `the rule ${name} has a field that Prometheus does not know: \`${String(key)}\``,
          key,
          `the fields are ${ruleKeys.join(', ')}`,
        );
    }
    return {
      name,
      expr,
      for: this.#duration(rule, 'for'),
      keepFiringFor: this.#duration(rule, 'keep_firing_for'),
      labels: this.#texts(rule, 'labels'),
      annotations: this.#texts(rule, 'annotations'),
      group,
      location: this.#locate(rule),
      fields: this.#fields(rule),
    };
  }

  #fields(rule: YAMLMap): Readonly<Record<string, Location>> {
    const fields: Record<string, Location> = {};
    for (const { key, value } of rule.items) {
      fields[String(key)] = this.#locate(value ?? key);
      const inner = this.#resolve(value);
      if (isMap(inner))
        for (const pair of inner.items)
          fields[`${String(key)}.${String(pair.key)}`] = this.#locate(pair.value ?? pair.key);
    }
    return fields;
  }

  #texts(rule: YAMLMap, key: string): Readonly<Record<string, string>> {
    const node = this.#resolve(rule.get(key, true));
    if (node === undefined || (isScalar(node) && node.value === null)) return {};
    const map = this.#map(node, `\`${key}\``);
    return Object.fromEntries(map.items.map((pair) => [String(pair.key), this.#text(map, String(pair.key)) ?? '']));
  }

  #duration(map: YAMLMap, key: string): string | undefined {
    const text = this.#text(map, key);
    if (
      text === undefined ||
      /^(?:0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/.test(text)
    )
      return text;
    throw this.#error(
      `\`${key}: ${text}\` is no duration`,
      map.get(key, true),
      'expected for example 5m, 90s or 1h30m',
    );
  }

  /** A scalar as it is written, so that `expr: 1.0` stays `1.0`; undefined if there is none. */
  #text(map: YAMLMap, key: string): string | undefined {
    const node = this.#resolve(map.get(key, true));
    if (node === undefined) return undefined;
    if (!isScalar(node)) throw this.#error(`\`${key}\` must be text`, node);
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
    return text.trim() === '' ? undefined : text;
  }

  #items(node: unknown, what: string): readonly unknown[] {
    const resolved = this.#resolve(node);
    if (!isSeq(resolved)) throw this.#error(`${what} must be a list`, resolved);
    return resolved.items;
  }

  #map(node: unknown, what: string): YAMLMap {
    const resolved = this.#resolve(node);
    if (!isMap(resolved)) throw this.#error(`${what} must be a map of fields`, resolved);
    return resolved;
  }

  /** Resolving an alias searches the whole document, so their number is limited. */
  #resolve(node: unknown): unknown {
    if (!isAlias(node)) return node ?? undefined;
    this.#aliases += 1;
    if (this.#aliases > mostAliases) throw this.#error(`the alert rules have more than ${mostAliases} aliases`, node);
    return node.resolve(this.#document);
  }

  #locate(node: unknown): Location {
    const range = (node as Partial<YamlNode> | undefined)?.range;
    return range ? this.#fence.locate(range[0], range[1]) : this.#fence.locate(0);
  }

  #error(message: string, node: unknown, next?: string): InputError {
    return ruleError(message, this.#locate(node), next);
  }
}

function ruleError(
  message: string,
  location: Location,
  next = 'write it as Prometheus reads it: `- alert:`, `expr:`, `for:`, `labels:`, `annotations:`',
): InputError {
  return new InputError(message, { code: 'RUNBOOK_ALERT_RULE', next, location });
}
