import type { NotUnderstood } from '../history/events.ts';

/** The most notes, because every history and report carries them. */
const most = 500;

/** Puts notes into the order of the file. Of too many, the first are kept, and each one about a threshold. */
export function sortNotes(notes: readonly NotUnderstood[]): readonly NotUnderstood[] {
  const sorted = notes.toSorted(
    ({ location: one }, { location: other }) => one.line - other.line || (one.column ?? 1) - (other.column ?? 1),
  );
  const others = sorted.filter(({ threshold }) => threshold === undefined);
  const [next] = others.slice(most);
  if (!next) return sorted;
  const kept = new Set(others.slice(0, most));
  const message = `${others.length - most} more places from here on are not understood; they are not listed`;
  return sorted.flatMap((note) => {
    if (note === next) return { message, location: note.location };
    return note.threshold !== undefined || kept.has(note) ? note : [];
  });
}
