import type { ServerCommandCounts, Stamp } from '../../../history/events.ts';
import type { ArmRecord, Instant, ProcedureRecord } from '../../../record/arm-record.ts';
import { containersOf, type Watch } from './watch.ts';

/** The commands for the whole of Redis that were given while a block ran. */
export interface GivenCommands {
  readonly given: readonly string[];
  /** Why there may have been others. Undefined: there were none. */
  readonly unknown: string | undefined;
}

/** News of a container's start comes this late at most, real ms. */
const newsMs = 500;
/** This command sets all counts back to 0, and then counts itself. */
const resetting = 'config|resetstat';

/**
 * Each process of Redis counts the commands, and its counts are gone with it. So they are read before and after a
 * block, and before an order that ends Redis. A process that ended in another way may have been told anything.
 */
export function serverCommandsOf(procedure: ProcedureRecord, watch: Watch): GivenCommands {
  const { before, endings, after, service } = countsAround(procedure, watch.arm);
  const starts = service === undefined ? 0 : startsWithin(procedure, after, service, watch);
  const later = [...endings, ...(after ? [after] : [])];
  const growths = later.map((counts) => growth(counts, earlierOf(counts, watch.arm)));
  const lived = (before ? 1 : 0) + starts;
  const counted = new Set(later.map(({ runId }) => runId)).size;
  const [next] = later;
  const isReplaced = before !== undefined && next !== undefined && next.runId !== before.runId;
  if (lived > counted || isReplaced)
    return { given: growths.flat(), unknown: 'Redis ended while it ran, before its commands were counted' };
  // In old histories nothing shows if this Redis started within the block.
  if (!before && starts === 0 && next && !earlierOf(next, watch.arm))
    return { given: [], unknown: service === undefined ? undefined : 'Redis did not answer before it' };
  const isReset = growths.some((names) => names.includes(resetting));
  return { given: growths.flat(), unknown: isReset ? 'it reset the counts of Redis' : undefined };
}

type Counts = ServerCommandCounts & Stamp;

interface CountsAround {
  readonly before: Counts | undefined;
  /** Right before each order that ended Redis. */
  readonly endings: readonly Counts[];
  readonly after: Counts | undefined;
  readonly service: string | undefined;
}

function countsAround({ started, ended }: ProcedureRecord, { redisCommands, redisEndings }: ArmRecord): CountsAround {
  const endT = ended?.t ?? Infinity;
  const near = redisCommands.filter(({ address }) => address === started.address);
  const after = near.find(({ moment, t }) => moment === 'after' && t >= endT);
  const isPast = ({ t }: Instant): boolean => t <= started.t;
  // The block may have run before: only what was read since then is about this time.
  const earlier = near.findLast(isPast);
  return {
    before: earlier?.moment === 'before' ? earlier : undefined,
    endings: redisEndings.filter(({ t }) => t >= started.t && t <= (after?.t ?? endT)),
    after,
    service: redisCommands.find(({ service }) => service !== undefined)?.service,
  };
}

/** How often the engine started a container of Redis while the block ran. A single run of its image is none. */
function startsWithin(
  { started, ended }: ProcedureRecord,
  after: Instant | undefined,
  service: string,
  { arm, before }: Watch,
): number {
  const names = containersOf(service, before).map(({ name }) => name);
  const nextT = arm.procedures.find((other) => other.started.t > started.t)?.started.t ?? Infinity;
  // Without an answer of Redis, what starts it after the block may be the end of the fault.
  const untilT = Math.min(after ? after.t + newsMs : (ended?.t ?? Infinity), nextT);
  return arm.starts.filter(({ name, t }) => names.includes(name) && t >= started.t && t < untilT).length;
}

/** What the same process had counted when it was last asked. */
function earlierOf({ runId, seq }: Counts, { redisCommands, redisEndings }: ArmRecord): Counts | undefined {
  const all = [...redisCommands, ...redisEndings].filter((counts) => counts.runId === runId && counts.seq < seq);
  return all.toSorted((one, other) => one.seq - other.seq).at(-1);
}

function growth({ calls }: Counts, earlier: Counts | undefined): readonly string[] {
  const had = earlier?.calls ?? {};
  const grown = Object.entries(calls).flatMap(([name, times]) => (times > (had[name] ?? 0) ? [name] : []));
  const isReset = Object.entries(had).some(([name, times]) => (calls[name] ?? 0) < times);
  return isReset && !grown.includes(resetting) ? [...grown, resetting] : grown;
}
