import type { HerringKind } from '../../history/events.ts';
import type { Herring } from './herring.ts';
import { idleClient } from './idle-client.ts';
import { oddLogLine } from './odd-log-line.ts';

/** The red herrings that there are. */
export const herrings: Readonly<Record<HerringKind, Herring>> = {
  'odd-log-line': oddLogLine,
  'idle-client': idleClient,
};
