import type { Effects, Enqueued, Held, HistoryEvent, Outcomes, Residue, Stamp } from '../history/events.ts';
import { isOwnJobId } from '../history/job-ids.ts';
import type { LedgerReport } from './ledger-report.ts';

const mark = {
  enqueued: 1,
  completed: 2,
  effect: 4,
  effects: 8,
  failed: 16,
  removed: 32,
  queued: 64,
  failedInQueue: 128,
  stalled: 256,
  atRisk: 512,
  unknown: 1024,
  early: 2048,
  ofFault: 4096,
  moved: 8192,
  retrying: 16_384,
  promoted: 32_768,
  altered: 65_536,
} as const;

/** More lost jobs than this are counted, and not named in the report; the history has them all. */
const mostNamed = 10_000;

export type Fate = 'completed' | 'duplicated' | 'failed' | 'queued' | 'removed' | 'lost';

/** What jobs can be asked for by. */
export type Told =
  | Fate
  | 'lost-synced'
  | 'resurrected'
  | 'stalled'
  | 'added'
  | 'moved'
  | 'promoted'
  | 'altered'
  | 'removed-not-of-fault'
  | 'queued-otherwise'
  | 'duplicated-not-stalled';

/**
 * What became of every job that Redis acknowledged: exactly one fate each, in this order of proof.
 *
 * 1. its effect arrived at the sink twice or more: `duplicated`
 * 2. BullMQ said completed, or keeps it among the completed, or its effect arrived: `completed`
 * 3. it stands in a queue: `failed` if among the failed, else `queued`
 * 4. BullMQ said removed, or its queue held it before a procedure that may remove jobs, or got it meanwhile, and no longer
 *    held it afterwards: `removed`
 * 5. BullMQ said it failed for good (and retention has since dropped it): `failed`
 * 6. otherwise: `lost`
 *
 * Time and memory grow with the number of jobs alone: one map entry and four bytes each, and one entry more where they were added with a delay.
 */
export class Ledger {
  readonly #indexOf = new Map<string, number>();
  readonly #queueOf: string[] = [];
  #marks = new Uint32Array(1024);
  readonly #queuedIn: Record<string, number> = {};
  /** When each job that was added with a delay is due. */
  readonly #dueAt = new Map<string, number>();
  /** What queues held before the procedure that runs now, by job with its queue. */
  #heldBefore = new Map<string, string>();
  /** The queues that it may remove from, while it runs. */
  #beingEmptied: ReadonlySet<string> = new Set();
  #heldUnknown: string | undefined;
  #isInjecting = false;
  #hasProcedureBegun = false;
  /** The fleet itself takes jobs from one queue to another under the same id. */
  #movesByItself = false;
  #residue: Pick<Residue, 'complete' | 'message'> | undefined;
  #effects: Pick<Effects, 'complete' | 'message'> | undefined;

  push(event: HistoryEvent): void {
    if (event.type === 'fault.injecting') this.#isInjecting = true;
    if (event.type === 'fault.proved') this.#isInjecting = false;
    if (event.type === 'procedure.started') this.#hasProcedureBegun = true;
    if (event.type === 'enqueued') this.#enqueue(event);
    // What is said after the queues were scanned (healing sets free what was held back) is not in the books.
    if (event.type === 'outcomes' && !this.#residue) this.#takeOutcomes(event);
    if (event.type === 'held') this.#takeHeld(event);
    if (event.type === 'residue') this.#takeResidue(event);
    if (event.type === 'effects') this.#takeEffects(event);
  }

  /** Why the books cannot be closed; undefined when both scans went through. */
  get gaps(): readonly string[] {
    const gaps: string[] = [];
    if (!this.#residue) gaps.push('the queues were not scanned');
    else if (!this.#residue.complete)
      gaps.push(`the scan of the queues did not finish (${this.#residue.message ?? 'no reason given'})`);
    if (this.#heldUnknown !== undefined) gaps.push(`what the procedure removed is not known (${this.#heldUnknown})`);
    if (!this.#effects) gaps.push('the effects sink was not read');
    else if (!this.#effects.complete)
      gaps.push(`the effects sink was not read to the end (${this.#effects.message ?? 'no reason given'})`);
    return gaps;
  }

  /** Every fate counted. `lost` is only a fact when there are no gaps. */
  balance(): LedgerReport {
    const count: Record<Fate, number> = { completed: 0, duplicated: 0, failed: 0, queued: 0, removed: 0, lost: 0 };
    let [enqueued, resurrected, withoutEffect, stalled, moved, promoted, altered, retrying] = [0, 0, 0, 0, 0, 0, 0, 0];
    let [early, late] = [0, 0];
    for (let index = 0; index < this.#queueOf.length; index += 1) {
      const marks = this.#marks[index] ?? 0;
      if ((marks & mark.enqueued) === 0) {
        if ((marks & mark.early) !== 0) early += 1;
        else if ((marks & mark.unknown) !== 0) late += 1;
        continue;
      }
      enqueued += 1;
      const fate = fateOf(marks);
      count[fate] += 1;
      if (fate === 'queued' && (marks & mark.retrying) !== 0) retrying += 1;
      if ((marks & mark.completed) !== 0 && (marks & mark.queued) !== 0) resurrected += 1;
      if ((marks & mark.stalled) !== 0) stalled += 1;
      if ((marks & mark.moved) !== 0) moved += 1;
      if ((marks & mark.promoted) !== 0) promoted += 1;
      if ((marks & mark.altered) !== 0) altered += 1;
      if ((marks & mark.completed) !== 0 && (marks & (mark.effect | mark.effects)) === 0) withoutEffect += 1;
    }
    const queuedIn = Object.fromEntries(Object.entries(this.#queuedIn).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return {
      enqueued,
      ...count,
      retrying,
      queuedIn,
      resurrected,
      withoutEffect,
      stalled,
      // A fleet whose jobs make jobs of their own does so before any procedure begins.
      added: early > 0 ? 0 : late,
      moved: this.#movesByItself ? 0 : moved,
      promoted,
      altered,
      lostJobs: [...this.examples('lost', mostNamed)],
      whole: this.gaps.length === 0,
    };
  }

  /**
   * The first few jobs of a fate, in the order in which they were first heard of. `lost-synced`: lost, and not acknowledged while the fault
   * was being injected. `added`: nobody enqueued it, and it came to be after a procedure had begun. `moved`: heard of in another queue than it was
   * enqueued in. `promoted`: done before it was due. `altered`: done with another name, payload or number of attempts than it was added with.
   * `removed-not-of-fault`: removed, and no job that the fault brought. `queued-otherwise`: queued, and not to be tried again by itself.
   */
  examples(fate: Told, limit: number): readonly { readonly id: string; readonly queue: string }[] {
    const found: { readonly id: string; readonly queue: string }[] = [];
    const matches = matcherOf(fate);
    for (const [id, index] of this.#indexOf) {
      if (found.length >= limit) break;
      if (matches(this.#marks[index] ?? 0)) found.push({ id, queue: this.#queueOf[index] ?? '' });
    }
    return found;
  }

  #enqueue({ queue, ids, ofFault, dueAt }: Enqueued): void {
    const marks = mark.enqueued | (this.#isInjecting ? mark.atRisk : 0) | (ofFault ? mark.ofFault : 0);
    for (const id of ids) this.#set(id, queue, marks);
    if (dueAt !== undefined) for (const id of ids) this.#dueAt.set(id, dueAt);
    // What comes in while the procedure runs is there to be removed as well.
    if (this.#beingEmptied.has(queue)) for (const id of ids) this.#heldBefore.set(id, queue);
  }

  #takeOutcomes(event: Outcomes & Stamp): void {
    const early = (id: string): number => (event.s < (this.#dueAt.get(id) ?? 0) ? mark.promoted : 0);
    for (const id of event.completed) this.#set(id, event.queue, mark.completed | early(id));
    for (const id of event.failed) this.#set(id, event.queue, mark.failed | early(id));
    for (const id of event.removed) this.#set(id, event.queue, mark.removed);
    for (const id of event.stalled) this.#set(id, event.queue, mark.stalled);
  }

  #takeHeld({ moment, complete, jobs, message }: Held): void {
    if (!complete) this.#heldUnknown = message ?? 'no reason given';
    if (moment === 'after') {
      const still = new Set(Object.values(jobs).flat());
      if (complete) for (const [id, queue] of this.#heldBefore) if (!still.has(id)) this.#set(id, queue, mark.removed);
      this.#heldBefore = new Map();
      this.#beingEmptied = new Set();
      return;
    }
    this.#beingEmptied = new Set(Object.keys(jobs));
    this.#heldBefore = new Map(Object.entries(jobs).flatMap(([queue, ids]) => ids.map((id) => [id, queue] as const)));
  }

  #takeResidue(event: Residue): void {
    this.#residue = { complete: event.complete, ...(event.message === undefined ? {} : { message: event.message }) };
    for (const [queue, states] of Object.entries(event.jobs)) {
      for (const [state, ids] of Object.entries(states)) {
        const kind = state === 'completed' ? mark.completed : state === 'failed' ? mark.failedInQueue : mark.queued;
        for (const id of ids) this.#set(id, queue, state === 'retrying' ? kind | mark.retrying : kind);
        if (kind === mark.queued) this.#queuedIn[state] = (this.#queuedIn[state] ?? 0) + ids.length;
      }
    }
  }

  #takeEffects(event: Effects): void {
    this.#effects = { complete: event.complete, ...(event.message === undefined ? {} : { message: event.message }) };
    for (const id of event.once) this.#set(id, '', mark.effect);
    for (const [id, times] of event.more) this.#set(id, '', times > 1 ? mark.effects : mark.effect);
    for (const id of event.altered ?? []) this.#set(id, '', mark.altered);
  }

  #set(id: string, queue: string, bit: number): void {
    let index = this.#indexOf.get(id);
    if (index === undefined) {
      index = this.#queueOf.length;
      if (!isOwnJobId(id)) bit |= this.#hasProcedureBegun ? mark.unknown : mark.unknown | mark.early;
      this.#indexOf.set(id, index);
      this.#queueOf.push(queue);
      if (index >= this.#marks.length) this.#grow();
    }
    const known = this.#queueOf[index];
    if (queue !== '' && known !== '' && queue !== known) {
      bit |= mark.moved;
      if (!this.#hasProcedureBegun) this.#movesByItself = true;
    }
    if ((bit & mark.enqueued) !== 0 || known === '') this.#queueOf[index] = queue;
    this.#marks[index] = (this.#marks[index] ?? 0) | bit;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#marks.length * 2);
    larger.set(this.#marks);
    this.#marks = larger;
  }
}

function fateOf(marks: number): Fate {
  if ((marks & mark.effects) !== 0) return 'duplicated';
  if ((marks & (mark.completed | mark.effect)) !== 0) return 'completed';
  if ((marks & mark.queued) !== 0) return 'queued';
  if ((marks & mark.failedInQueue) !== 0) return 'failed';
  if ((marks & mark.removed) !== 0) return 'removed';
  return (marks & mark.failed) !== 0 ? 'failed' : 'lost';
}

function matcherOf(fate: Told): (marks: number) => boolean {
  const has = (marks: number, ...bits: readonly number[]): boolean => bits.every((bit) => (marks & bit) !== 0);
  switch (fate) {
    case 'added':
      return (marks) => has(marks, mark.unknown) && !has(marks, mark.enqueued);
    case 'resurrected':
      return (marks) => has(marks, mark.enqueued, mark.completed, mark.queued);
    case 'stalled':
      return (marks) => has(marks, mark.enqueued, mark.stalled);
    case 'moved':
      return (marks) => has(marks, mark.enqueued, mark.moved);
    case 'promoted':
      return (marks) => has(marks, mark.enqueued, mark.promoted);
    case 'altered':
      return (marks) => has(marks, mark.enqueued, mark.altered);
    case 'removed-not-of-fault':
      return (marks) => has(marks, mark.enqueued) && fateOf(marks) === 'removed' && !has(marks, mark.ofFault);
    case 'queued-otherwise':
      return (marks) => has(marks, mark.enqueued) && fateOf(marks) === 'queued' && !has(marks, mark.retrying);
    case 'duplicated-not-stalled':
      return (marks) => has(marks, mark.enqueued) && fateOf(marks) === 'duplicated' && !has(marks, mark.stalled);
    case 'lost-synced':
      return (marks) => has(marks, mark.enqueued) && fateOf(marks) === 'lost' && !has(marks, mark.atRisk);
    default:
      return (marks) => has(marks, mark.enqueued) && fateOf(marks) === fate;
  }
}
