/** Text that looks like a command for the fleet or its host. `index`: its line, from 0. */
export interface CommandText {
  readonly index: number;
  /** Offset in its line. */
  readonly column: number;
  readonly text: string;
}

const argument = String.raw`(?=\s+[\w./<"'$-])`;
/** Names that neither English nor source code begins a line with. */
const plain = new RegExp(
  String.raw`^(?:[$#] +)?(?:sudo +)?(?:docker|docker-compose|podman|kubectl|redis-cli|systemctl|pm2)${argument}`,
);
const command = new RegExp(
  String.raw`^(?:[$#] +)?(?:sudo +\S|(?:docker|docker-compose|podman|kubectl|helm|redis-cli|systemctl|journalctl|pm2|supervisorctl|psql|curl|wget|npx|npm|pnpm|yarn|node|aws|gcloud|ssh)${argument}|ps +(?:aux|-)|(?:kill|pkill|killall|rm|top) +-|service +\S+ +(?:start|stop|restart|status)|\.{1,2}/[\w-][\w./-]*(?:\s|$))`,
);

/**
 * The first line that looks like a command. A hint only, because text cannot be told from commands for certain.
 * @param of `code`: the text is source code or data of another kind, so fewer words count
 */
export function findCommandText(lines: readonly string[], of: 'text' | 'code'): CommandText | undefined {
  const pattern = of === 'text' ? command : plain;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (pattern.test(text)) return { index, column: line.length - line.trimStart().length, text };
  }
  return undefined;
}

/** The command for a message: in code marks, and not too long. */
export function quoteCommand(text: string): string {
  return `\`${text.length > 80 ? `${text.slice(0, 77)}...` : text}\``;
}
