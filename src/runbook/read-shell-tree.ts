import type { Node, Tree } from 'web-tree-sitter';

import type { ShellGrammar } from './shell-grammar.ts';

/** The most rounds. Real blocks need fewer. */
const mostRounds = 20;
const longestMs = 2000;

/**
 * Parses the text, and passes on the tree with the text from which it was parsed (same length, same offsets).
 *
 * The grammar sometimes continues a command over the end of its line (`a 2>&1 | b -20`, and a line below with `2>&1`).
 * That newline is then replaced by `;`, which means the same.
 */
export function readShellTree<T>(
  masked: string,
  grammar: ShellGrammar,
  read: (tree: Tree, masked: string) => T,
): T | undefined {
  let text = masked;
  const until = performance.now() + longestMs;
  for (let round = 0; round < mostRounds && performance.now() < until; round += 1) {
    const swallowed = grammar.withTree(text, ({ rootNode }) => findSwallowedNewlines(rootNode, text));
    if (!swallowed || swallowed.length === 0) break;
    const characters = text.split('');
    for (const at of swallowed) characters[at] = ';';
    text = characters.join('');
  }
  return grammar.withTree(text, (tree) => read(tree, text));
}

/** The first newline between the words of each command, unless a backslash continues the line. */
function findSwallowedNewlines(root: Node, text: string): readonly number[] {
  const found = new Set<number>();
  for (const node of root.descendantsOfType(['command', 'redirected_statement'])) {
    for (const [index, child] of node.children.entries()) {
      const next = node.children[index + 1];
      if (!next) continue;
      const newline = /(?<!\\)\n/.exec(text.slice(child.endIndex, next.startIndex));
      if (newline) {
        found.add(child.endIndex + newline.index);
        break;
      }
    }
  }
  return [...found];
}
