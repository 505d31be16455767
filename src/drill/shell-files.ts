import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { writeAtomically } from '../kernel/write-atomically.ts';

/** One folder under two names: the harness writes here, the operator reads there. */
interface SharedFolder {
  readonly host: string;
  readonly container: string;
}

/** What the player's shell is started with. Paths are those inside the operator. */
export interface ShellFiles {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Shows a text once, before the next prompt. */
  announce(text: string): Promise<void>;
}

const folder = 'shell';

/** Characters or bytes of a line, by the locale of the shell. A whole paste stays; what is longer is data. */
const longestReport = 16_384;

/**
 * Writes the files of the player's shell into a folder that the operator can read but not write.
 * @param trace file in the operator to which the shell reports its commands
 * @param socket path in the operator of the door of the drill
 */
export async function writeShellFiles(
  { host, container }: SharedFolder,
  { trace, socket }: { readonly trace: string; readonly socket: string },
): Promise<ShellFiles> {
  const [outside, inside] = [path.join(host, folder), path.posix.join(container, folder)];
  const news = path.join(outside, 'news');
  await mkdir(outside, { recursive: true });
  await writeFile(news, '');
  await writeFile(path.join(outside, 'rc'), startFile(trace, path.posix.join(inside, 'news')));
  const program = path.join(outside, 'drill');
  await writeFile(program, drillProgram(socket));
  await chmod(program, 0o755);
  return {
    argv: ['bash', '--rcfile', path.posix.join(inside, 'rc'), '-i'],
    env: { PATH: `${inside}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
    announce: (text) => writeAtomically(news, text),
  };
}

/**
 * The start file of the shell. `PS0` and `PROMPT_COMMAND` report each line with its start, folder, end and exit code.
 * - Both leave `$?` as it was.
 * - A pasted text has one prompt and several lines, so the start of a line also ends the line before it.
 * - Of a very long line only the begin is reported, and that it is one.
 * - There is no DEBUG trap and no `set -x`, because the player would see their effects.
 */
function startFile(trace: string, news: string): string {
  return String.raw`# The shell of a drill.
[[ -r /etc/bash_completion ]] && . /etc/bash_completion
shopt -s checkwinsize cmdhist lithist histappend
unset HISTFILE HISTCONTROL HISTIGNORE HISTTIMEFORMAT
HISTSIZE=10000
PS1='oncall \W \$ '
__drill_news= __drill_ran=0 __drill_none=
__drill_begin() {
  local status=$? line
  line=$(history 1)
  printf '\x1eb\0%s\0%s\0%s\0%s\0%s\0' "$EPOCHREALTIME" "$status" "$PWD" "\${line:0:${longestReport}}" \
    "$((\${#line} > ${longestReport}))" >>${trace} 2>/dev/null
}
__drill_prompt() {
  local status=$? news=
  if ((__drill_ran)); then
    __drill_ran=0
    printf '\x1ee\0%s\0%s\0' "$EPOCHREALTIME" "$status" >>${trace} 2>/dev/null
  fi
  IFS= read -r -d '' news <${news} || true
  if [[ $news != "$__drill_news" ]]; then
    __drill_news=$news
    printf '%s\n' "$news"
  fi
  return $status
}
PS0='\${__drill_none:$((__drill_ran=1,0)):0}$(__drill_begin)'
PROMPT_COMMAND=__drill_prompt
`.replaceAll('\\${', '${');
}

/** The program \`drill\`: it sends its words through the door of the drill, and prints the answer. */
function drillProgram(socket: string): string {
  return `#!/bin/bash
# Speaks with the drill that this shell belongs to. "drill help" lists the words.
verb=\${1:-help}
shift
case $verb in *[!a-z]*) echo "drill: there is no word $verb; \\"drill help\\" lists them" >&2; exit 2 ;; esac
answer=$(printf '%s\\0' "$@" | curl --silent --show-error --fail-with-body --max-time 100 \\
  --noproxy '*' --unix-socket ${socket} --data-binary @- "http://drill/$verb" 2>&1)
code=$?
if [ "$verb" = runbook ] && [ $code = 0 ] && [ -t 1 ] && command -v less >/dev/null; then
  printf '%s\\n' "$answer" | less -FRX
elif [ $code = 0 ]; then printf '%s\\n' "$answer"
else printf '%s\\n' "$answer" >&2
fi
exit $code
`;
}
