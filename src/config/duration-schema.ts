import { z } from 'zod';

import { parseDuration, type Duration } from '../kernel/duration.ts';

/** A duration such as `"30s"` or `"5m"`, read as sandbox ms. */
export const duration = z
  .custom<Duration>(
    (value) => typeof value === 'string' && parseDuration(value) !== undefined,
    'expected a duration such as "30s" or "5m"',
  )
  .transform((text) => parseDuration(text) ?? 0);
