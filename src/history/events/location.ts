import type { Location } from '../../kernel/errors.ts';
import { exactly, positive, text } from '../shape.ts';

/** Reports contain it as it is, so it may hold nothing else. */
export const location = exactly<Location>({ file: text, line: positive }, { column: positive, endLine: positive });
