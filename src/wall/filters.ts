import { Refusal } from './refusal.ts';

/** Filters that name no object of their own and so can tell nothing of what lies outside. */
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

/** The engine has them; they name an object, which could be anybody's. */
const relative = ['before', 'since'];

/**
 * The `filters` parameter with one more label that everything must carry. Both spellings of the API are read, lists and
 * maps of `true`; lists are written.
 */
export function narrowFilters(text: string | undefined, label: string | undefined): Record<string, readonly string[]> {
  let value: unknown;
  try {
    value = text === undefined || text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal('drillbook: the filters are no JSON', { status: 400 });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('drillbook: the filters are no object', { status: 400 });
  const filters: Record<string, readonly string[]> = {};
  for (const [key, given] of Object.entries(value)) {
    if (!(known as readonly string[]).includes(key))
      throw new Refusal(
        relative.includes(key) ? `drillbook: the filter ${key} is not offered in a sandbox` : `Invalid filter '${key}'`,
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
