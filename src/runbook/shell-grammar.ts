import { fileURLToPath } from 'node:url';

import { Language, Parser, type Tree } from 'web-tree-sitter';

/** The loaded bash grammar. */
export interface ShellGrammar {
  /**
   * Passes the syntax tree to `read` and frees it afterwards. Undefined if parsing takes too long, which happens only
   * for
   * text that is no shell script.
   */
  withTree<T>(code: string, read: (tree: Tree) => T): T | undefined;
}

let loading: Promise<ShellGrammar> | undefined;

/** Loads the grammar once for the process (about 50 ms). */
export function loadShellGrammar(): Promise<ShellGrammar> {
  loading ??= load();
  return loading;
}

/** Forgets the grammar, because its parser was interrupted. The next caller loads it again. */
export function forgetShellGrammar(): void {
  loading = undefined;
}

const limitMs = 2000;

async function load(): Promise<ShellGrammar> {
  await Parser.init();
  const language = await Language.load(fileURLToPath(import.meta.resolve('tree-sitter-bash/tree-sitter-bash.wasm')));
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    withTree(code, read) {
      const until = performance.now() + limitMs;
      const tree = parser.parse(code, null, { progressCallback: () => performance.now() > until });
      if (!tree) {
        parser.reset();
        return undefined;
      }
      try {
        return read(tree);
      } finally {
        tree.delete();
      }
    },
  };
}
