import { Refusal } from './refusal.ts';

/** Filters that cannot reveal anything about objects outside the sandbox. */
const known = [
  'ancestor',
  'dangling',
  'driver',
  'event',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'label',
  'label!',
  'name',
  'publish',
  'reference',
  'scope',
  'status',
  'type',
  'until',
  'container',
  'network',
  'volume',
  'image',
  'all',
] as const;

/** The engine also has these. They name an object, which could be outside the sandbox. */
const relative = ['before', 'since'];

/**
 * Adds a label that every object must have to the `filters` parameter. Reads both spellings of the API, lists and
 * maps of
 * `true`; returns lists.
 * @throws Refusal if the filters are malformed, or one is not known
 */
export function narrowFilters(text: string | undefined, label: string | undefined): Record<string, readonly string[]> {
  let value: unknown;
  try {
    value = text === undefined || text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal('drillbook: the filters are not JSON', { status: 400 });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('drillbook: the filters are not a JSON object', { status: 400 });
  const filters: Record<string, readonly string[]> = {};
  for (const [key, given] of Object.entries(value)) {
    if (!(known as readonly string[]).includes(key))
      throw new Refusal(
        relative.includes(key) ? `drillbook: a sandbox does not offer the filter ${key}` : `Invalid filter '${key}'`,
        { status: 400 },
      );
    filters[key] = readValues(given);
  }
  return label === undefined ? filters : { ...filters, label: [...(filters['label'] ?? []), label] };
}

function readValues(given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given;
  if (
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    Object.values(given).every((item) => item === true)
  )
    return Object.keys(given);
  throw new Refusal('drillbook: the filters cannot be read', { status: 400 });
}
