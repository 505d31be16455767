import { formatLocation, type Location } from '../kernel/errors.ts';
import { createLabelReader, foldText, type LabelReader } from './canonical-label.ts';
import { namesSection } from './parse-sections.ts';
import type { Procedure, Runbook } from './runbook.ts';

/** The result of a selector. `location`: the section that it names, or the first line of the runbook. */
export type Selection = { readonly kind: 'found'; readonly procedure: Procedure } | NotFound;
/** The result of a selector that may name several blocks. */
export type Selections = { readonly kind: 'found'; readonly procedures: readonly Procedure[] } | NotFound;

interface NotFound {
  readonly kind: 'none' | 'several';
  readonly selector: string;
  readonly message: string;
  readonly candidates: readonly Procedure[];
  readonly location: Location;
}

/**
 * Finds every block if the selector ends with `[all]` (`5.1 > bash[all]`, `card[all]`), in the order of the runbook.
 * Otherwise finds one, as `findProcedure` does.
 */
export function findProcedures(
  runbook: Pick<Runbook, 'file' | 'procedures' | 'sections'>,
  selector: string,
  labels?: Readonly<Record<string, readonly string[]>>,
): Selections {
  if (!/\[\s*all\s*\]\s*$/i.test(selector)) {
    const found = findProcedure(runbook, selector, labels);
    return found.kind === 'found' ? { kind: 'found', procedures: [found.procedure] } : found;
  }
  const procedures = matchProcedures(runbook.procedures, selector, createLabelReader(labels));
  return procedures.length > 0 ? { kind: 'found', procedures } : nothing(runbook, selector);
}

/**
 * Finds the one procedure that a selector names: `3.2 > Solution > bash[1]`, `bash[last]`, `Queue Paused > Soluție`,
 * `#drain`, `card compose logs` (the command of the quick reference card that contains these words).
 *
 * - A section is named by number or heading, a label in any known language.
 * - A step may be left out if the rest names only one block.
 * - `labels` are the additional words with which the runbook was read.
 */
export function findProcedure(
  runbook: Pick<Runbook, 'file' | 'procedures' | 'sections'>,
  selector: string,
  labels?: Readonly<Record<string, readonly string[]>>,
): Selection {
  const matching = matchProcedures(runbook.procedures, selector, createLabelReader(labels));
  const exact = matching.filter(({ address }) => foldAddress(address) === foldAddress(selector));
  const [first, ...others] = exact.length > 0 ? exact : matching;
  if (first && others.length === 0) return { kind: 'found', procedure: first };
  if (first) {
    const message = `the selector \`${selector}\` matches ${others.length + 1} blocks: ${listCandidates([first, ...others])}`;
    return {
      kind: 'several',
      selector,
      message,
      candidates: [first, ...others],
      location: { file: runbook.file, line: first.fenceLine },
    };
  }
  return nothing(runbook, selector);
}

function nothing(runbook: Pick<Runbook, 'file' | 'procedures' | 'sections'>, selector: string): NotFound {
  const [head = ''] = splitSelector(selector);
  const section = runbook.sections.find((candidate) => namesSection(head, candidate));
  const within = runbook.procedures.filter((procedure) => procedure.section === section);
  const where = section ? `section ${section.number || section.title}` : 'the runbook';
  const candidates = section ? within : runbook.procedures;
  const has = candidates.length === 0 ? 'no shell block' : listCandidates(candidates);
  const message = `the selector \`${selector}\` matches no block; ${where} has ${has}`;
  return { kind: 'none', selector, message, candidates, location: { file: runbook.file, line: section?.line ?? 1 } };
}

function matchProcedures(procedures: readonly Procedure[], selector: string, label: LabelReader): readonly Procedure[] {
  const id = /^#(.+)$/.exec(selector.trim())?.[1];
  if (id !== undefined) return procedures.filter(({ annotation }) => annotation.id === id);
  const steps = splitSelector(selector);
  if (steps.length === 0) return [];
  const block = readBlockStep(steps.at(-1) ?? '');
  const path = block ? steps.slice(0, -1) : steps;
  return procedures.filter(
    (procedure) => matchesPath(path, procedure, label) && (!block || matchesBlock(block, procedure, procedures)),
  );
}

function splitSelector(selector: string): readonly string[] {
  return selector
    .split('>')
    .map((step) => step.trim())
    .filter((step) => step !== '');
}

interface BlockStep {
  readonly language: string;
  /** Words that the card's command contains. */
  readonly contains?: string;
  readonly ordinal: number | 'last' | 'all' | undefined;
}

function readBlockStep(step: string): BlockStep | undefined {
  const card = /^card\s+([^[\s].*)$/i.exec(step)?.[1];
  if (card !== undefined) return { language: 'card', contains: card, ordinal: undefined };
  const match = /^(bash|sh|shell|card)\s*(?:\[\s*(\d+|last|all)\s*\])?$/i.exec(step);
  if (!match) return undefined;
  const ordinal = match[2]?.toLowerCase();
  return {
    language: match[1]?.toLowerCase() ?? '',
    ordinal: ordinal === undefined || ordinal === 'last' || ordinal === 'all' ? ordinal : Number(ordinal),
  };
}

function matchesBlock(
  { language, contains, ordinal }: BlockStep,
  procedure: Procedure,
  procedures: readonly Procedure[],
): boolean {
  if (procedure.language !== language) return false;
  if (contains !== undefined)
    return procedure === firstAlike(procedure, procedures) && procedure.code.includes(contains);
  if (ordinal !== 'last') return ordinal === undefined || ordinal === 'all' || procedure.ordinal === ordinal;
  const group = groupOf(procedure);
  return !procedures.some((other) => groupOf(other) === group && other.ordinal > procedure.ordinal);
}

/** A card can have the same command for several problems. */
function firstAlike({ language, code }: Procedure, procedures: readonly Procedure[]): Procedure | undefined {
  return procedures.find((other) => other.language === language && other.code === code);
}

function groupOf({ address }: Procedure): string {
  return address.replace(/\[\d+\]$/, '');
}

/** Whether the procedure's address has the steps in this order. Other steps may be between them. */
function matchesPath(steps: readonly string[], procedure: Procedure, label: LabelReader): boolean {
  const tests = [
    ...procedure.section.path.map(
      (name, index, path) => (step: string) =>
        index === path.length - 1 ? namesSection(step, procedure.section) : foldText(step) === foldText(name),
    ),
    (step: string) => namesLabel(step, procedure, label),
  ];
  let at = 0;
  return steps.every((step) => {
    const found = tests.findIndex((test, index) => index >= at && test(step));
    at = found + 1;
    return found !== -1;
  });
}

function namesLabel(step: string, { label: own, labelText }: Procedure, label: LabelReader): boolean {
  if (labelText === undefined) return false;
  if (foldText(step) === foldText(labelText)) return true;
  return own !== undefined && (label(step) === own || foldText(step) === foldText(own));
}

function foldAddress(address: string): string {
  return splitSelector(address).join(' > ').toLowerCase();
}

function listCandidates(candidates: readonly Procedure[]): string {
  const listed = candidates
    .slice(0, 8)
    .map(
      ({ address, location, fenceLine }) => `${address} (${formatLocation({ file: location.file, line: fenceLine })})`,
    );
  return `${listed.join(', ')}${candidates.length > 8 ? ` and ${candidates.length - 8} more` : ''}`;
}
