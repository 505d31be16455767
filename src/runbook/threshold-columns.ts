import { foldText } from './canonical-label.ts';
import type { Table } from './parse-markdown.ts';

const metric = /^(?:key )?(?:metrics?|metrica|metrici|indicator(?:i)?)$/;
const normal =
  /^(?:(?:normal|healthy|ok|okay)(?: range| values?)?|(?:interval|domeniu|valori|valoare) normal[aei]?|bine)$/;
const level = '(?: threshold| range| level| at)?';
const alert = /^(?:alert(?: threshold| range)?|alerta|(?:alarm )?threshold|prag(?: de)?(?: alerta| alarma)?)$/;
const critical = new RegExp(`^(?:critical${level}|critic|prag critic)$`);
const warning = new RegExp(`^(?:warn(?:ing)?${level}|avertizare|avertisment|prag(?: de)? avertizare)$`);

/** Indices of the columns of a thresholds table. */
export interface ThresholdColumns {
  readonly metric: number;
  readonly normal: number;
  /** The first of these that the table has: alert, critical, warning. */
  readonly alert: number;
  /** The warning, if that is not the alert already. */
  readonly warning: number | undefined;
  /** A further level, which is not read. */
  readonly unread: number | undefined;
}

/**
 * Undefined for a table about other things. `missing`: it names metrics, and one of the two other columns is absent.
 */
export function findThresholdColumns(
  table: Table,
): ThresholdColumns | { readonly missing: 'normal range' | 'alert threshold' } | undefined {
  const headings = (table.rows[0] ?? []).map(({ text }) => foldText(text));
  const find = (pattern: RegExp): number | undefined => {
    const index = headings.findIndex((heading) => pattern.test(heading));
    return index === -1 ? undefined : index;
  };
  const columns = { metric: find(metric), normal: find(normal) };
  const levels = [find(alert), find(critical), find(warning)].filter((index) => index !== undefined);
  const [first] = levels;
  if (columns.metric === undefined || (columns.normal === undefined && first === undefined)) return undefined;
  if (columns.normal === undefined) return { missing: 'normal range' };
  if (first === undefined) return { missing: 'alert threshold' };
  const others = levels.slice(1);
  return {
    metric: columns.metric,
    normal: columns.normal,
    alert: first,
    warning: others.find((index) => index === find(warning)),
    unread: others.find((index) => index !== find(warning)),
  };
}
