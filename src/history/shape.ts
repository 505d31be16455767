/** Says what is wrong with a value, as a clause that follows `it is not a history event:`; undefined when it fits. */
export type Shape = (value: unknown, path: string) => string | undefined;

/** A shape that is told by one test. */
export function kind(expected: string, fits: (value: unknown) => boolean): Shape {
  return (value, path) => (fits(value) ? undefined : `\`${path}\` should be ${expected}`);
}

export const text = kind('string', (value) => typeof value === 'string');
export const bool = kind('boolean', (value) => typeof value === 'boolean');
export const number = kind('number', Number.isFinite);
export const integer = kind('a whole number', Number.isSafeInteger);
/** Lines, columns and the like, which count from 1. */
export const positive = kind('a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1);
export const natural = kind('a whole number from 0', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
export const strings = list(text);

export function oneOf(...values: readonly string[]): Shape {
  const known = new Set<unknown>(values);
  return kind(`one of ${values.join(', ')}`, (value) => known.has(value));
}

export function orNull(shape: Shape): Shape {
  return (value, path) => (value === null ? undefined : shape(value, path) && `${shape(value, path)} or null`);
}

export function list(of: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `\`${path}\` should be array`;
    for (let index = 0; index < value.length; index += 1) {
      const problem = of(value[index], path);
      if (problem !== undefined) return `${problem}, at its place ${index}`;
    }
    return undefined;
  };
}

/** An object used as a map, whatever its keys. */
export function map(of: Shape, keys?: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return `\`${path}\` should be object`;
    for (const key of Object.keys(value)) {
      const problem = keys?.(key, path) ?? of(value[key], path);
      if (problem !== undefined) return `${problem}, at its key ${shorten(key)}`;
    }
    return undefined;
  };
}

/** An object with these fields; others are nobody's business. */
export function fields(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const known = [
    ...Object.entries(required).map(([name, shape]) => ({ name, shape, needed: true })),
    ...Object.entries(optional).map(([name, shape]) => ({ name, shape, needed: false })),
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

/** An object with these fields and no other. */
export function exactly(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>>): Shape {
  const open = fields(required, optional);
  const known = new Set([...Object.keys(required), ...Object.keys(optional)]);
  return (value, path) => {
    const problem = open(value, path);
    if (problem !== undefined || !isObject(value)) return problem;
    const odd = Object.keys(value).find((key) => !known.has(key));
    return odd === undefined ? undefined : `\`${path}\` has the key ${shorten(odd)}, which is not known`;
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Enough of a text to be recognised, on one line. */
export function shorten(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}
