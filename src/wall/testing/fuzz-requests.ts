import { tuple } from 'fast-check';

import type { FuzzTarget } from '../../kernel/testing/fuzz-worker.ts';
import { formatTarget, parseEngineRequest } from '../engine-request.ts';
import { methods, targets as requestTargets } from './request-lines.ts';

/** Any request line: it is refused, or means the same after it is written again. */
const requestLine: FuzzTarget<[string, string]> = {
  inputs: tuple(methods, requestTargets),
  check([method, target]) {
    const parsed = parseEngineRequest(method, target);
    if ('problem' in parsed) return;
    const text = formatTarget(parsed.request);
    const again = parseEngineRequest(method, text);
    if ('problem' in again || formatTarget(again.request) !== text)
      throw new Error(`${text} is read differently after it is written again`);
  },
};

export const targets = { 'request line': requestLine };
