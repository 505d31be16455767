import { tuple } from 'fast-check';

import type { FuzzTarget } from '../../kernel/testing/fuzz-worker.ts';
import { formatTarget, parseEngineRequest } from '../engine-request.ts';
import { methods, targets as requestTargets } from './request-lines.ts';

/** Whatever stands in a request line: what is understood means the same when it is written anew, and the rest is refused. */
const requestLine: FuzzTarget<[string, string]> = {
  inputs: tuple(methods, requestTargets),
  check([method, target]) {
    const parsed = parseEngineRequest(method, target);
    if ('problem' in parsed) return;
    const text = formatTarget(parsed.request);
    const again = parseEngineRequest(method, text);
    if ('problem' in again || formatTarget(again.request) !== text)
      throw new Error(`${text} is not read as it is written`);
  },
};

export const targets = { 'request line': requestLine };
