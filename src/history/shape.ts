/**
 * Checks of the values in a history. Not zod: on the events of `long-history.ts` its checks take 1.8 times as long
 * (zod/mini 3.3 times), and its records skip the key `__proto__`, so a queue of that name would go unchecked.
 *
 * A shape returns what is wrong with a value, as a clause that follows "not a history event:", or undefined if it fits.
 */
export interface Shape<out T = unknown> {
  (value: unknown, path: string): string | undefined;
  /** Never set. It lets the compiler compare a shape with the type that it stands for. */
  readonly '~type'?: T;
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
/** A shape for each field that must be there. */
export type RequiredShapes<T> = { readonly [K in Exclude<keyof T, OptionalKeys<T>>]: Shape<T[K]> };
/** A shape for each field that may be absent. */
export type OptionalShapes<T> = { readonly [K in OptionalKeys<T>]: Shape<Exclude<T[K], undefined>> };
/** Both, the second only if there are any. */
export type FieldShapes<T> = [OptionalKeys<T>] extends [never]
  ? readonly [required: RequiredShapes<T>]
  : readonly [required: RequiredShapes<T>, optional: OptionalShapes<T>];

/** A shape that one test decides. */
export function kind<T>(expected: string, fits: (value: unknown) => boolean): Shape<T> {
  return (value, path) => (fits(value) ? undefined : `\`${path}\` should be ${expected}`);
}

export const text = kind<string>('string', (value) => typeof value === 'string');
export const bool = kind<boolean>('boolean', (value) => typeof value === 'boolean');
export const number = kind<number>('number', Number.isFinite);
export const integer = kind<number>('a whole number', Number.isSafeInteger);
/** Lines, columns and the like, which count from 1. */
export const positive = kind<number>(
  'a whole number from 1',
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
);
export const natural = kind<number>(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
export const strings = list(text);

export function oneOf<const Values extends readonly string[]>(...values: Values): Shape<Values[number]> {
  const known = new Set<unknown>(values);
  return kind(`one of ${values.join(', ')}`, (value) => known.has(value));
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? undefined : shape(value, path) && `${shape(value, path)} or null`);
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return `\`${path}\` should be array`;
    for (let index = 0; index < value.length; index += 1) {
      const problem = of(value[index], path);
      if (problem !== undefined) return `${problem}, at its place ${index}`;
    }
    return undefined;
  };
}

/** An object used as a map. Without `keys` it may have any. */
export function map<T, K extends string = string>(of: Shape<T>, keys?: Shape<K>): Shape<Readonly<Record<K, T>>> {
  return (value, path) => {
    if (!isObject(value)) return `\`${path}\` should be object`;
    for (const key of Object.keys(value)) {
      const problem = keys?.(key, path) ?? of(value[key], path);
      if (problem !== undefined) return `${problem}, at its key ${shorten(key)}`;
    }
    return undefined;
  };
}

/** An object with the fields of `T`. It may have others, which are not looked at. */
export function fields<T>(...[required, optional]: FieldShapes<T>): Shape<T> {
  const known = [
    ...Object.entries<Shape>(required).map(([name, shape]) => ({ name, shape, needed: true })),
    ...Object.entries<Shape>(optional ?? {}).map(([name, shape]) => ({ name, shape, needed: false })),
  ];
  return (value, path) => {
    if (!isObject(value)) return `\`${path}\` should be object`;
    for (const { name, shape, needed } of known) {
      const found = Object.hasOwn(value, name) ? value[name] : undefined;
      if (found === undefined && !needed) continue;
      const problem = shape(found, `${path}.${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** An object with the fields of `T` and no other. */
export function exactly<T>(...shapes: FieldShapes<T>): Shape<T> {
  const open = fields<T>(...shapes);
  const known = new Set(shapes.flatMap((some) => Object.keys(some)));
  return (value, path) => {
    const problem = open(value, path);
    if (problem !== undefined || !isObject(value)) return problem;
    const odd = Object.keys(value).find((key) => !known.has(key));
    return odd === undefined ? undefined : `\`${path}\` has the key ${shorten(odd)}, which is not known`;
  };
}

/** An event with the fields of `T`. Its `type` has led to this shape already. */
export function event<T extends { readonly type: string }>(...shapes: FieldShapes<Omit<T, 'type'>>): Shape<T> {
  const body: Shape = fields<Omit<T, 'type'>>(...shapes);
  return body as Shape<T>;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A count that can be added to others and stays exact. */
export function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** The beginning of a text, on one line, for messages. */
export function shorten(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}
