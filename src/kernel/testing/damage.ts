import { anything, array, constantFrom, integer, nat, oneof, record, string, type Arbitrary } from 'fast-check';

export const deep = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Unusual values that JSON can contain. */
const oddities = [
  null,
  true,
  0,
  -0,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  Number.MIN_VALUE,
  '',
  '\ud800',
  '__proto__',
  'constructor',
  [],
  {},
  [null],
  [[]],
  { length: 1e9 },
  JSON.parse('{"__proto__": {"x": 1}}') as unknown,
  deep(60),
];

export interface Damage {
  readonly kind: 'replace' | 'delete' | 'add' | 'wrap' | 'repeat';
  /** Number of the place in the value, modulo the number of places. */
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
}

const values = oneof(
  constantFrom(...oddities),
  integer(),
  string({ unit: 'binary', maxLength: 20 }),
  anything({ maxDepth: 2 }),
);
const keys = oneof(
  constantFrom('__proto__', 'constructor', 'toString', 'x', ''),
  string({ unit: 'binary', maxLength: 5 }),
);
const kinds = constantFrom<Damage['kind'][]>('replace', 'delete', 'add', 'wrap', 'repeat');

/**
 * Changes to single places of a value, as plain data.
 * @param more further values to put there, besides those of JSON
 */
export function damages(more: Arbitrary<unknown> = values): Arbitrary<readonly Damage[]> {
  return array(record({ kind: kinds, at: nat(), key: keys, value: oneof(values, more) }), {
    minLength: 1,
    maxLength: 3,
  });
}

/** Deepest place. An earlier damage may have inserted a deep value or a cycle. */
const deepest = 12;

interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** A copy of the value with one damaged place. Functions and regular expressions are places, not holders. */
export function inflict(value: unknown, { kind, at, key, value: odd }: Damage): unknown {
  const root = { value: copy(value) };
  const places = placesOf(root);
  const place = places[at % places.length];
  if (!place) return root.value;
  const holder = place.holder as Record<string, unknown>;
  const old = holder[place.key];
  if (kind === 'delete' && Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1);
  else if (kind === 'delete') delete holder[place.key];
  else if (kind === 'add' && isHolder(old) && !Array.isArray(old)) define(old, key, odd);
  else if (kind === 'wrap') define(place.holder, place.key, at % 2 === 0 ? [old] : { [key]: old });
  else if (kind === 'repeat' && Array.isArray(old))
    define(place.holder, place.key, [...(old as unknown[]), ...(old as unknown[])]);
  else define(place.holder, place.key, odd);
  return root.value;
}

function placesOf(root: object): readonly Place[] {
  const places: Place[] = [];
  const walk = (holder: Place['holder'], depth: number): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const inner = (holder as Record<string, unknown>)[key];
      if (isHolder(inner) && depth < deepest) walk(inner, depth + 1);
    }
  };
  walk(root as Record<string, unknown>, 0);
  return places;
}

function isHolder(value: unknown): value is Place['holder'] {
  return (
    Array.isArray(value) ||
    (typeof value === 'object' &&
      value !== null &&
      [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null))
  );
}

/** Defines a key as JSON does: `__proto__` becomes an ordinary key. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

function copy(value: unknown, depth = 0): unknown {
  if (!isHolder(value) || depth > deepest) return value;
  const made = Array.isArray(value) ? [] : {};
  for (const [key, inner] of Object.entries(value)) define(made, key, copy(inner, depth + 1));
  return made;
}
