import { isMonth } from '../../../core/month.ts';
import type { Translate } from '../../../platform/html/i18n.ts';

/** `2026-06`: `Juni 2026`. */
export function monthText(month: string, t: Translate): string {
  return isMonth(month) ? `${t(`accounting:month.${Number(month.slice(5, 7))}`)} ${month.slice(0, 4)}` : month;
}
