import type {
  Effects,
  Enqueued,
  Held,
  HistoryEvent,
  JobIdsGiven,
  Outcomes,
  Residue,
  Stamp,
  Unacknowledged,
} from '../history/events.ts';
import { createIdLookup } from '../history/job-ids.ts';
import { limitNames, type LimitName } from '../history/job-limits.ts';
import { defined } from '../kernel/defined.ts';
import { fateOf, has, isInGroup, limited, mark, type JobGroup } from './job-marks.ts';
import type { LedgerReport } from './ledger-report.ts';

/** The report names so many lost jobs at most and counts the rest. The history has them all. */
const mostNamed = 10_000;

/** The limits on jobs that were enqueued. `added` counts those that were not. */
const limitsOfLoad = limitNames.filter((name) => name !== 'added');

/**
 * What happened to every job that Redis acknowledged. Fed the events of one arm one after the other. Each job gets
 * marks (`job-marks.ts`), which decide its fate and the groups it belongs to.
 *
 * Time and memory grow with the number of jobs alone: one map entry and four bytes each, and one more entry for a job
 * that was added with a delay.
 */
export class Ledger {
  readonly #indexOf = new Map<string, number>();
  readonly #queueOf: string[] = [];
  #marks = new Uint32Array(1024);
  readonly #queuedIn: Record<string, number> = {};
  /** When each job that was added with a delay is due; sandbox ms since 1970. */
  readonly #dueAt = new Map<string, number>();
  /** The jobs that the queues held before the procedure that runs now, each with its queue. */
  #heldBefore = new Map<string, string>();
  /** The queues that this procedure may remove jobs from. */
  #beingEmptied: ReadonlySet<string> = new Set();
  #heldUnknown: string | undefined;
  #isInjecting = false;
  #hasProcedureBegun = false;
  /** The fleet itself moves jobs from one queue to another under the same id. */
  #movesByItself = false;
  #residue: Pick<Residue, 'complete' | 'message'> | undefined;
  #effects: Pick<Effects, 'complete' | 'message'> | undefined;
  /** Whether Drillbook gave an id before the load of this arm began. */
  #isEarlier: (id: string) => boolean;

  /** @param isEarlier of ids of which no event `job-ids` says so: for histories of version 1 */
  constructor(isEarlier: (id: string) => boolean = () => false) {
    this.#isEarlier = isEarlier;
  }

  push(event: HistoryEvent): void {
    if (event.type === 'fault.injecting') this.#isInjecting = true;
    if (event.type === 'fault.proved') this.#isInjecting = false;
    if (event.type === 'procedure.started') this.#hasProcedureBegun = true;
    if (event.type === 'job-ids') this.#takeEarlier(event);
    if (event.type === 'enqueued') this.#enqueue(event);
    if (event.type === 'unacknowledged') this.#takeUnacknowledged(event);
    // Outcomes after the scan of the queues do not count: healing the fault lets held-back jobs run.
    if (event.type === 'outcomes' && !this.#residue) this.#takeOutcomes(event);
    if (event.type === 'held') this.#takeHeld(event);
    if (event.type === 'residue') this.#takeResidue(event);
    if (event.type === 'effects') this.#takeEffects(event);
  }

  /** Why the jobs could not all be accounted for. Empty if both scans were complete. */
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

  /** Counts the jobs of every group. `lost` is only a fact when there are no gaps. */
  balance(): LedgerReport {
    const counts = Object.fromEntries(limitNames.map((name) => [name, 0])) as Record<LimitName, number>;
    let [enqueued, completed, early, late] = [0, 0, 0, 0];
    for (const [marks, jobs] of this.#countMarks()) {
      if (has(marks, mark.enqueued)) {
        const fate = fateOf(marks);
        enqueued += jobs;
        if (fate === 'completed') completed += jobs;
        for (const name of limitsOfLoad) if (limited[name](marks, fate)) counts[name] += jobs;
      } else if (has(marks, mark.early)) early += jobs;
      else if (has(marks, mark.foreign)) late += jobs;
    }
    return {
      enqueued,
      completed,
      ...counts,
      // A fleet whose jobs make jobs of their own does so before any procedure begins.
      added: early > 0 ? 0 : late,
      moved: this.#movesByItself ? 0 : counts.moved,
      queuedIn: Object.fromEntries(Object.entries(this.#queuedIn).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      lostJobs: [...this.examples('lost', mostNamed)],
      whole: this.gaps.length === 0,
    };
  }

  /** How many jobs have each combination of marks. There are millions of jobs and few combinations. */
  #countMarks(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (let index = 0; index < this.#queueOf.length; index += 1) {
      const marks = this.#marks[index] ?? 0;
      counts.set(marks, (counts.get(marks) ?? 0) + 1);
    }
    return counts;
  }

  /** The first jobs of a group, at most `limit`, in the order in which the history first names them. */
  examples(group: JobGroup, limit: number): readonly { readonly id: string; readonly queue: string }[] {
    const found: { readonly id: string; readonly queue: string }[] = [];
    for (const [id, index] of this.#indexOf) {
      if (found.length >= limit) break;
      if (isInGroup(group, this.#marks[index] ?? 0)) found.push({ id, queue: this.#queueOf[index] ?? '' });
    }
    return found;
  }

  #enqueue({ queue, ids, ofFault, dueAt }: Enqueued): void {
    const marks = mark.enqueued | (this.#isInjecting ? mark.atRisk : 0) | (ofFault ? mark.ofFault : 0);
    for (const id of ids) this.#set(id, queue, marks);
    if (dueAt !== undefined) for (const id of ids) this.#dueAt.set(id, dueAt);
    // The procedure may also remove jobs that arrive while it runs.
    if (this.#beingEmptied.has(queue)) for (const id of ids) this.#heldBefore.set(id, queue);
  }

  /** A worker may have reported some of them before this was recorded. */
  #takeEarlier(ids: JobIdsGiven): void {
    this.#isEarlier = createIdLookup(ids);
    for (const [id, index] of this.#indexOf) if (this.#isEarlier(id)) this.#own(index);
  }

  /** They are the load's own, and neither enqueued nor added by a procedure. A worker may already have done them. */
  #takeUnacknowledged({ queue, ids }: Unacknowledged): void {
    for (const id of ids) this.#own(this.#indexOf.get(id) ?? this.#add(id, queue, true));
  }

  #own(index: number): void {
    this.#marks[index] = (this.#marks[index] ?? 0) & ~(mark.foreign | mark.early);
  }

  #takeOutcomes(event: Outcomes & Stamp): void {
    const promoted = (id: string): number => (event.s < (this.#dueAt.get(id) ?? 0) ? mark.promoted : 0);
    for (const id of event.completed) this.#set(id, event.queue, mark.completed | promoted(id));
    for (const id of event.failed) this.#set(id, event.queue, mark.failed | promoted(id));
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
    this.#residue = { complete: event.complete, ...defined({ message: event.message }) };
    for (const [queue, states] of Object.entries(event.jobs)) {
      for (const [state, ids] of Object.entries(states)) {
        const kind = state === 'completed' ? mark.completed : state === 'failed' ? mark.failedInQueue : mark.queued;
        for (const id of ids) this.#set(id, queue, state === 'retrying' ? kind | mark.retrying : kind);
        if (kind === mark.queued) this.#queuedIn[state] = (this.#queuedIn[state] ?? 0) + ids.length;
      }
    }
  }

  #takeEffects(event: Effects): void {
    this.#effects = { complete: event.complete, ...defined({ message: event.message }) };
    for (const id of event.once) this.#set(id, '', mark.effect);
    for (const [id, times] of event.more) this.#set(id, '', times > 1 ? mark.effects : mark.effect);
    for (const id of event.acceptedAgain ?? []) this.#set(id, '', mark.acceptedAgain);
    for (const id of event.altered ?? []) this.#set(id, '', mark.altered);
  }

  /** Adds marks to a job. `queue` is empty if the source does not know it. */
  #set(id: string, queue: string, marks: number): void {
    const index = this.#indexOf.get(id) ?? this.#add(id, queue, has(marks, mark.enqueued));
    const known = this.#queueOf[index];
    const hasMoved = queue !== '' && known !== '' && queue !== known;
    if (hasMoved && !this.#hasProcedureBegun) this.#movesByItself = true;
    if (has(marks, mark.enqueued) || known === '') this.#queueOf[index] = queue;
    this.#marks[index] = (this.#marks[index] ?? 0) | marks | (hasMoved ? mark.moved : 0);
  }

  #add(id: string, queue: string, isOwn: boolean): number {
    const index = this.#queueOf.length;
    this.#indexOf.set(id, index);
    this.#queueOf.push(queue);
    if (index >= this.#marks.length) this.#grow();
    if (!isOwn && !this.#isEarlier(id))
      this.#marks[index] = this.#hasProcedureBegun ? mark.foreign : mark.foreign | mark.early;
    return index;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#marks.length * 2);
    larger.set(this.#marks);
    this.#marks = larger;
  }
}
