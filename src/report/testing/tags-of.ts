/**
 * The tags of an HTML or SVG text with the names of their attributes, in order.
 * @throws Error if a `<` begins no tag, or a `&` no entity
 */
export function tagsOf(text: string): readonly string[] {
  const tags: string[] = [];
  const token = /<(\/?[\w!]+)((?: [\w:-]+(?:="[^"<]*")?)*)\/?>|([^<&]|&(?:amp|lt|gt|quot);)+/y;
  while (token.lastIndex < text.length) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`no tag at ${from}: ${text.slice(from, from + 80)}`);
    const [, name, attributes = ''] = match;
    if (name !== undefined) tags.push(`${name}${attributes.replaceAll(/="[^"]*"/g, '')}`);
  }
  return tags;
}
