import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node as YamlNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';

import { InputError, type Location } from '../kernel/errors.ts';
import type { YamlSource } from './map-scalar.ts';
import type { RuleProblem } from './runbook.ts';

/** Aliases of aliases could make a short text very long. */
const mostAliases = 1000;

const asPrometheus = 'write it as Prometheus reads it: `- alert:`, `expr:`, `for:`, `labels:`, `annotations:`';

/** Reads fields of a YAML document, with the place of each in the file. Every method throws a ProblemError. */
export class YamlFields {
  readonly source: YamlSource;
  readonly #document: Document;
  #aliases = 0;
  #aliased: ReadonlyMap<Alias, YamlNode> | undefined;

  constructor(source: YamlSource, document: Document) {
    this.source = source;
    this.#document = document;
  }

  map(node: unknown, what: string): YAMLMap {
    const resolved = this.resolve(node);
    if (!isMap(resolved)) throw this.error(`${what} must be a map of fields`, resolved ?? node);
    return resolved;
  }

  items(node: unknown, what: string, parent?: unknown): readonly unknown[] {
    const resolved = this.resolve(node);
    if (!isSeq(resolved)) throw this.error(`${what} must be a list`, resolved ?? parent);
    return resolved.items;
  }

  /** Undefined if there is none, or if it is blank. */
  scalar(map: YAMLMap, key: string): Scalar | undefined {
    const node = this.resolve(map.get(key, true));
    if (node === undefined) return undefined;
    if (!isScalar(node)) throw this.error(`\`${key}\` must be text`, node);
    return node.value === null || asText(node).trim() === '' ? undefined : node;
  }

  resolve(node: unknown): unknown {
    if (!isAlias(node)) return node ?? undefined;
    this.#aliases += 1;
    if (this.#aliases > mostAliases)
      throw new TooManyAliases({
        message: `the alert rules have more than ${mostAliases} aliases`,
        next: 'write some of them out',
        location: this.locate(node),
      });
    const anchored = this.peek(node);
    if (anchored === undefined)
      throw this.error(`no anchor \`&${node.source}\` stands before this alias`, node, 'write the value itself');
    return anchored;
  }

  /** Does not count the alias: for a value that was resolved before. */
  protected peek(node: unknown): unknown {
    return isAlias(node) ? this.#anchored().get(node) : node;
  }

  /** What each alias stands for: the last node before it with the anchor. */
  #anchored(): ReadonlyMap<Alias, YamlNode> {
    if (this.#aliased) return this.#aliased;
    const anchors = new Map<string, YamlNode>();
    const aliased = new Map<Alias, YamlNode>();
    visit(this.#document, (_, node) => {
      if (isAlias(node)) {
        const anchored = anchors.get(node.source);
        if (anchored) aliased.set(node, anchored);
      } else if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
        anchors.set(node.anchor, node);
    });
    this.#aliased = aliased;
    return aliased;
  }

  locate(node: unknown): Location {
    const range = (node as Partial<YamlNode> | undefined)?.range;
    return range ? this.source.locate(range[0], range[1]) : this.source.locate(0);
  }

  error(message: string, node: unknown, next = asPrometheus): ProblemError {
    return new ProblemError({ message, next, location: this.locate(node) });
  }
}

/** A problem on its way to the rule, group or document that cannot be read because of it. */
export class ProblemError extends InputError {
  readonly problem: RuleProblem;

  constructor(problem: RuleProblem) {
    super(problem.message, { code: 'RULES_INVALID', next: problem.next, location: problem.location });
    this.problem = problem;
  }
}

/** Nothing after it is read. */
export class TooManyAliases extends ProblemError {}

/** A scalar as it is written, so that `1.0` stays `1.0`. Prometheus reads it in the same way. */
export function asText(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
