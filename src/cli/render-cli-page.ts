import type { DrillbookCommand } from './define-command.ts';
import { exitCodesOf } from './exit-codes.ts';
import { describeOption } from './options.ts';

/** docs/cli.md, generated from the tables of commands, options and exit codes. */
export function renderCliPage(commands: readonly DrillbookCommand[]): string {
  const links = commands.map(({ name, summary }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${summary} |`);
  const lines = [
    '# Commands',
    '',
    'Generated from `src/cli/options.ts` and `src/cli/commands.ts` by `npm run docs`. Do not edit.',
    '',
    'In a checkout type `npm run drillbook -- …` where this page says `drillbook …`.',
    'Every command has `--help`; `drillbook --version` prints the version.',
    '',
    '| command | what it does |',
    '|---|---|',
    ...links,
    '',
    '## Exit codes',
    '',
    'These hold for every command. A command that means something more exact says so below.',
    '',
    ...renderExits({}),
    ...commands.flatMap(renderCommand),
  ];
  return `${lines.join('\n')}\n`;
}

function renderCommand(command: DrillbookCommand): readonly string[] {
  const { name, summary, argument, options, details, needsDocker, exits } = command;
  const usage = ['drillbook', name, argument?.name, options.length > 0 ? '[options]' : undefined];
  return [
    '',
    `## ${name}`,
    '',
    `${capital(summary)}. ${needsDocker ? 'Needs Docker.' : 'Needs no Docker.'}${details === undefined ? '' : ` ${details}`}`,
    '',
    '```',
    usage.filter((word) => word !== undefined).join(' '),
    '```',
    ...(argument === undefined ? [] : ['', `\`${argument.name}\`: ${argument.text}.`]),
    ...(options.length === 0 ? [] : ['', ...renderOptions(command)]),
    ...(exits === undefined ? [] : ['', ...renderExits(exits)]),
  ];
}

function renderOptions({ options }: DrillbookCommand): readonly string[] {
  const rows = options.map(describeOption).map(({ flag, text, fallback, startsNothing }) => {
    const note = startsNothing ? '; needs no Docker' : '';
    return `| \`${flag}\` | ${text}${note} | ${fallback ?? ''} |`;
  });
  return ['| option | meaning | default |', '|---|---|---|', ...rows];
}

function renderExits(own: DrillbookCommand['exits']): readonly string[] {
  const usual = exitCodesOf();
  const rows = exitCodesOf(own).filter(
    ([code, text]) => Object.keys(own ?? {}).length === 0 || !usual.some(([c, t]) => c === code && t === text),
  );
  return ['| exit code | meaning |', '|---|---|', ...rows.map(([code, text]) => `| ${code} | ${text} |`)];
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
