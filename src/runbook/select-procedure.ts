import { formatLocation, type Location } from '../kernel/errors.ts';
import { nameLines } from './list-lines.ts';
import { createLabelReader, foldText, type LabelReader } from './canonical-label.ts';
import type { AddressedBlock, Procedure, RefusedBlock, Runbook } from './runbook.ts';
import { namesSection, splitNumber } from './section-number.ts';

/** The result of a selector. `location`: the section that it names, or the first line of the runbook. */
export type Selection = { readonly kind: 'found'; readonly procedure: Procedure } | NotFound;
/** The result of a selector that may name several blocks. */
export type Selections = { readonly kind: 'found'; readonly procedures: readonly Procedure[] } | NotFound;

interface NotFound {
  readonly kind: 'none' | 'several';
  readonly selector: string;
  readonly message: string;
  readonly candidates: readonly AddressedBlock[];
  readonly location: Location;
}

/** What of a runbook a selector is compared with. */
export type Searched = Pick<Runbook, 'file' | 'procedures' | 'refused' | 'sections' | 'notUnderstood'>;

/**
 * Finds every block if the selector ends with `[all]` (`5.1 > bash[all]`, `card[all]`), in the order of the runbook.
 * Otherwise finds one, as `findProcedure` does.
 */
export function findProcedures(
  runbook: Searched,
  selector: string,
  labels?: Readonly<Record<string, readonly string[]>>,
): Selections {
  if (!/\[\s*all\s*\]\s*$/i.test(selector)) {
    const found = findProcedure(runbook, selector, labels);
    return found.kind === 'found' ? { kind: 'found', procedures: [found.procedure] } : found;
  }
  const blocks = matchBlocks(runbook, selector, createLabelReader(labels));
  if (blocks.length === 0) return nothing(runbook, selector);
  if (!namesOneSection(selector, blocks)) return several(runbook, selector, blocks);
  const refused = blocks.find(isRefused);
  return refused ? unreadable(runbook, selector, refused) : { kind: 'found', procedures: blocks.filter(isReadable) };
}

function isRefused(block: Procedure | RefusedBlock): block is RefusedBlock {
  return 'problem' in block;
}

function isReadable(block: Procedure | RefusedBlock): block is Procedure {
  return !isRefused(block);
}

/** False if the selector begins with a number that several sections have, and the blocks are of more than one. */
function namesOneSection(selector: string, procedures: readonly AddressedBlock[]): boolean {
  const { number } = splitNumber(splitSelector(selector)[0] ?? '');
  if (number === '') return true;
  const numbered = procedures.map(({ section: { path } }) => {
    const at = path.findIndex((name) => splitNumber(name).number === number);
    return path.slice(0, at + 1).join(' > ');
  });
  return new Set(numbered).size === 1;
}

/**
 * Finds the one procedure that a selector names: `3.2 > Solution > bash[1]`, `bash[last]`, `Queue Paused > Soluție`,
 * `#drain`, `card compose logs` (the command of the quick reference card that contains these words).
 *
 * - A section is named by number or heading, a label in any known language.
 * - A step may be left out if the rest names only one block.
 * - Under bold text that is no known label, blocks can also be counted through their whole section.
 * - `labels` are the additional words with which the runbook was read.
 */
export function findProcedure(
  runbook: Searched,
  selector: string,
  labels?: Readonly<Record<string, readonly string[]>>,
): Selection {
  const matching = matchBlocks(runbook, selector, createLabelReader(labels));
  const exact = matching.filter(({ address }) => foldAddress(address) === foldAddress(selector));
  const named = exact.length > 0 ? exact : matching;
  const [first, ...others] = named.length === 1 ? named : (countedThrough(runbook, selector) ?? named);
  if (!first) return nothing(runbook, selector);
  if (others.length > 0) return several(runbook, selector, [first, ...others]);
  return isRefused(first) ? unreadable(runbook, selector, first) : { kind: 'found', procedure: first };
}

/**
 * The block that a selector without a label names by its place in the section: `Redis is down > bash[2]`. Undefined if
 * some block there has a known label, because then the label should be given.
 */
function countedThrough(
  { procedures, refused }: Searched,
  selector: string,
): readonly [Procedure | RefusedBlock] | undefined {
  const steps = splitSelector(selector);
  const { language, ordinal } = readBlockStep(steps.at(-1) ?? '') ?? {};
  if (ordinal === undefined || ordinal === 'all') return undefined;
  const noLabel: LabelReader = () => undefined;
  const there = [...procedures, ...refused]
    .filter((block) => matchesPath(steps.slice(0, -1), { ...block, labelText: undefined }, noLabel))
    .toSorted((one, other) => one.fenceLine - other.fenceLine);
  const isOne = new Set(there.map(({ section }) => section)).size === 1;
  if (!isOne || there.some(({ label }) => label !== undefined)) return undefined;
  const found = there.filter((block) => block.language === language).at(ordinal === 'last' ? -1 : ordinal - 1);
  return found && [found];
}

function unreadable({ file }: Searched, selector: string, block: RefusedBlock): NotFound {
  const { fenceLine: line, problem } = block;
  const message = `the selector \`${selector}\` names the block at line ${line}, which cannot be read: ${problem}`;
  return { kind: 'none', selector, message, candidates: [block], location: { file, line } };
}

function several({ file }: Searched, selector: string, candidates: readonly AddressedBlock[]): NotFound {
  const message = `the selector \`${selector}\` matches ${candidates.length} blocks: ${listCandidates(candidates)}`;
  return { kind: 'several', selector, message, candidates, location: { file, line: candidates[0]?.fenceLine ?? 1 } };
}

function nothing(runbook: Searched, selector: string): NotFound {
  const [head = ''] = splitSelector(selector);
  const sections = runbook.sections.filter((candidate) => namesSection(head, candidate));
  const [section, ...twins] = sections;
  const lines = sections.map(({ line }) => line).join(' and ');
  const name = `section ${section?.number || section?.title}${twins.length === 0 ? '' : ` (lines ${lines})`}`;
  const where = section ? name : 'the runbook';
  const candidates = section
    ? runbook.procedures.filter((procedure) => sections.includes(procedure.section))
    : runbook.procedures;
  const has = candidates.length === 0 ? 'no shell block' : listCandidates(candidates);
  const noted = runbook.notUnderstood.flatMap(({ location: { line } }) =>
    sections.some((named) => named.line <= line && line <= named.endLine) ? line : [],
  );
  const also = noted.length === 0 ? '' : `, and ${nameLines(noted)} not understood`;
  const message = `the selector \`${selector}\` matches no block; ${where} has ${has}${also}`;
  return { kind: 'none', selector, message, candidates, location: { file: runbook.file, line: section?.line ?? 1 } };
}

/** Refused blocks match too, because no other block may take their place. */
function matchBlocks(
  { procedures, refused }: Searched,
  selector: string,
  label: LabelReader,
): readonly (Procedure | RefusedBlock)[] {
  const blocks = [...procedures, ...refused];
  const id = /^#(.+)$/.exec(selector.trim())?.[1];
  if (id !== undefined) return blocks.filter(({ annotation }) => annotation.id === id);
  const steps = splitSelector(selector);
  if (steps.length === 0) return [];
  const block = readBlockStep(steps.at(-1) ?? '');
  const path = block ? steps.slice(0, -1) : steps;
  const matching = blocks.filter(
    (candidate) => matchesPath(path, candidate, label) && (!block || matchesBlock(block, candidate, blocks)),
  );
  // A number alone names the section that has it, before the steps with the same number in other sections.
  const number = /^(\d[\d.]*|[A-Z](?:\.\d+)+)[.):]?$/i.exec(path[0] ?? '')?.[1]?.replace(/\.$/, '');
  const owned = matching.filter(({ section }) => section.path[0] === number);
  return owned.length > 0 ? owned : matching;
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
  const match = /^(bash|sh|shell|card|[a-z][\w-]*(?=\s*\[))\s*(?:\[\s*(\d+|last|all)\s*\])?$/i.exec(step);
  if (!match) return undefined;
  const ordinal = match[2]?.toLowerCase();
  return {
    language: match[1]?.toLowerCase() ?? '',
    ordinal: ordinal === undefined || ordinal === 'last' || ordinal === 'all' ? ordinal : Number(ordinal),
  };
}

function matchesBlock(
  { language, contains, ordinal }: BlockStep,
  procedure: AddressedBlock,
  procedures: readonly AddressedBlock[],
): boolean {
  if (procedure.language !== language) return false;
  if (contains !== undefined)
    return procedure === firstAlike(procedure, procedures) && procedure.code.includes(contains);
  if (ordinal !== 'last') return ordinal === undefined || ordinal === 'all' || procedure.ordinal === ordinal;
  const group = groupOf(procedure);
  return !procedures.some((other) => groupOf(other) === group && other.ordinal > procedure.ordinal);
}

/** A card can have the same command for several problems. */
function firstAlike(
  { language, code }: AddressedBlock,
  procedures: readonly AddressedBlock[],
): AddressedBlock | undefined {
  return procedures.find((other) => other.language === language && other.code === code);
}

function groupOf({ address }: AddressedBlock): string {
  return address.replace(/\[\d+\]$/, '');
}

/** Whether the procedure's address has the steps in this order. Other steps may be between them. */
function matchesPath(steps: readonly string[], procedure: AddressedBlock, label: LabelReader): boolean {
  const tests = [
    ...procedure.section.path.map(
      (name, index, path) => (step: string) =>
        index === path.length - 1
          ? namesSection(step, procedure.section)
          : foldText(step) === foldText(name) || namesSection(step, splitNumber(name)),
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

function namesLabel(step: string, { label: own, labelText }: AddressedBlock, label: LabelReader): boolean {
  if (labelText === undefined) return false;
  if (foldText(step) === foldText(labelText)) return true;
  return own !== undefined && (label(step) === own || foldText(step) === foldText(own));
}

function foldAddress(address: string): string {
  return splitSelector(address).join(' > ').toLowerCase();
}

function listCandidates(candidates: readonly AddressedBlock[]): string {
  const listed = candidates
    .slice(0, 8)
    .map(
      ({ address, location, fenceLine }) => `${address} (${formatLocation({ file: location.file, line: fenceLine })})`,
    );
  return `${listed.join(', ')}${candidates.length > 8 ? ` and ${candidates.length - 8} more` : ''}`;
}
