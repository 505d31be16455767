/**
 * The ids of jobs. They are alike in every scenario and arm, so the fleet cannot recognise its exam by them. They say
 * only how many ids the same source had given before, and only to a reader who knows the source.
 *
 *   count ─► SplitMix64 ─► id        id ─► SplitMix64 backwards ─► count, which the source has reached or not
 *
 * SplitMix64 maps different counts to different values: https://doi.org/10.1145/2714064.2660195
 */
import { createHash } from 'node:crypto';

/** Where ids come from. A sandbox has one source for as long as it is up. */
interface JobIdSource {
  readonly seed: number;
  /** Tells the sources of one seed apart. */
  readonly part: string;
}

/** Ids that a source has given so far. */
export interface GivenJobIds extends JobIdSource {
  readonly given: number;
}

const step = 0x9e3779b97f4a7c15n;
const [firstFactor, secondFactor] = [0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn];
/** The inverses of the three, modulo 2^64. */
const back = { step: 0xf1de83e19937733dn, first: 0x96de1b173f119089n, second: 0x319642b2d24d8ec3n };

/** Draws ids for jobs. No id comes twice. */
export class JobIds implements GivenJobIds {
  readonly seed: number;
  readonly part: string;
  #given = 0;
  readonly #start: bigint;

  constructor({ seed, part }: JobIdSource) {
    this.seed = seed;
    this.part = part;
    this.#start = startOf({ seed, part });
  }

  get given(): number {
    return this.#given;
  }

  next(): string {
    this.#given += 1;
    // BullMQ refuses ids that are integers, and some of these would be.
    return `j${mix(wrap(this.#start + BigInt(this.#given) * step))
      .toString(16)
      .padStart(16, '0')}`;
  }
}

/** Answers whether an id is one of these. */
export function createIdLookup(ids: GivenJobIds): (id: string) => boolean {
  const start = startOf(ids);
  const last = BigInt(ids.given);
  return (id) => {
    if (!/^j[0-9a-f]{16}$/.test(id)) return false;
    const count = wrap((unmix(BigInt(`0x${id.slice(1)}`)) - start) * back.step);
    return count >= 1n && count <= last;
  };
}

function startOf({ seed, part }: JobIdSource): bigint {
  return createHash('sha256').update(`${seed} ${part}`).digest().readBigUInt64BE();
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function mix(value: bigint): bigint {
  const once = wrap((value ^ (value >> 30n)) * firstFactor);
  const twice = wrap((once ^ (once >> 27n)) * secondFactor);
  return twice ^ (twice >> 31n);
}

function unmix(value: bigint): bigint {
  const twice = wrap((value ^ (value >> 31n) ^ (value >> 62n)) * back.second);
  const once = wrap((twice ^ (twice >> 27n) ^ (twice >> 54n)) * back.first);
  return once ^ (once >> 30n) ^ (once >> 60n);
}

/**
 * Whether Drillbook gave this id, in a history of version 1. Those ids name the scenario and the arm, and such a
 * history does not record where ids come from.
 */
export function isJobIdOfVersion1(id: string): boolean {
  return /^[a-z][a-z0-9-]*-(?:treatment|control)-\d+$/.test(id);
}
