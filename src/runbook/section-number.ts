import { foldText } from './canonical-label.ts';
import type { Section } from './runbook.ts';

const numbered =
  // Each part begins with a character that cannot end the previous one. Otherwise a long heading would match slowly.
  /^((?:section|secțiunea|sectiunea|§)\s*)?(\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)([.):]?)(?:\s+(?:[-–—:]\s*)?|$)(\S.*)?$/iu;
const unit =
  /^(?:ms|s|secs?|seconds?|secunde?|mins?|minutes?|minute|h|hrs?|hours?|or[eă]|days?|zile|weeks?|months?|years?|x|times)(?![\p{L}\p{N}])/iu;

/**
 * Separates a heading into its section number and title: `3.2 Queue paused`, `3.2. …`, `3) …`, `Section 3: …`, `A.1 …`.
 * A status code (`429 from …`), a date, a year and a quantity (`5 minutes later`) belong to the title.
 */
export function splitNumber(heading: string): { readonly number: string; readonly title: string } {
  const [, word, number, mark = '', title = ''] = numbered.exec(heading) ?? [];
  if (number === undefined || (word === undefined && isFigure(number, mark, title)))
    return { number: '', title: heading };
  return { number, title: title.trim() };
}

function isFigure(number: string, mark: string, title: string): boolean {
  const digits = Math.max(...number.split('.').map(({ length }) => length));
  if (number.includes('.')) return digits > 3;
  if (mark === '.' || mark === ')') return digits > 3;
  return digits > 2 || (mark === '' && unit.test(title));
}

/** Whether a heading or number names the section, without regard to case, accents and punctuation. */
export function namesSection(text: string, section: Pick<Section, 'number' | 'title'>): boolean {
  if (isNumberOf(text, section)) return true;
  const { number, title } = splitNumber(text.trim());
  if (number !== '' && number === section.number) return title === '' || foldText(title) === foldText(section.title);
  return foldText(text) !== '' && foldText(text) === foldText(section.title);
}

function isNumberOf(text: string, { number }: Pick<Section, 'number'>): boolean {
  return number !== '' && text.trim().replace(/[.):]$/, '') === number;
}

type Numbered = Pick<Section, 'number' | 'title'>;

export interface PlacedHeading {
  readonly section: Numbered;
  readonly parent: PlacedHeading | undefined;
}

/**
 * The path of each section. It is the number alone if that names one section. Otherwise it is the parent's path with
 * number and title, or with the title.
 * @param headings each after its parent
 */
export function pathsOf(headings: readonly PlacedHeading[]): ReadonlyMap<Numbered, readonly string[]> {
  const owners = ownersOf(headings);
  const paths = new Map<Numbered, readonly string[]>();
  for (const heading of headings) {
    const { section, parent } = heading;
    const { number, title } = section;
    const above = (parent && paths.get(parent.section)) ?? [];
    paths.set(section, owners.get(number) === heading ? [number] : [...above, `${number} ${title}`.trim()]);
  }
  return paths;
}

/** The section that a number names. None if several could be meant. */
function ownersOf(sections: readonly PlacedHeading[]): ReadonlyMap<string, PlacedHeading> {
  const byNumber = Map.groupBy(sections, ({ section }) => section.number);
  const owners = new Map<string, PlacedHeading>();
  for (const [number, same] of byNumber) {
    if (number === '') continue;
    const [owner, ...others] = same.length === 1 ? same : same.filter((placed) => !isStep(placed));
    if (owner && others.length === 0) owners.set(number, owner);
  }
  return owners;
}

/** Whether it numbers a step within a numbered section: `1. …` under `3.1`, but not `3.1.1 …`. */
function isStep({ section, parent }: PlacedHeading): boolean {
  for (let above = parent; above; above = above.parent)
    if (above.section.number !== '') return !section.number.startsWith(`${above.section.number}.`);
  return false;
}
