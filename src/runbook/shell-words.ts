import type { Node } from 'web-tree-sitter';

/** Name and arguments of a command without quotes; undefined for a word that an expansion decides. */
export function readWords(node: Node): readonly (string | undefined)[] {
  if (node.type === 'test_command') return [node.children[0]?.type ?? '['];
  if (node.type === 'declaration_command' || node.type === 'unset_command') return [node.children[0]?.type];
  if (node.type !== 'command') return [];
  const name = node.childForFieldName('name')?.namedChildren[0];
  return [...(name ? [name] : []), ...node.childrenForFieldName('argument')].map(readWord);
}

function readWord(node: Node): string | undefined {
  switch (node.type) {
    case 'word':
      return node.namedChildCount > 0 ? undefined : node.text.replace(/\\\n/g, '').replace(/\\([^])/g, '$1');
    case 'number':
    case 'extglob_pattern':
    case 'regex':
      return node.text;
    case 'raw_string':
      return node.text.slice(1, -1);
    case 'string':
      return isStatic(node) ? node.text.slice(1, -1).replace(/\\(["\\$`])/g, '$1') : undefined;
    case 'concatenation': {
      const parts = node.namedChildren.map(readWord);
      return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
    }
    default:
      return undefined;
  }
}

function isStatic(node: Node): boolean {
  return node.namedChildren.every(({ type }) => type === 'string_content');
}
