import type { Locals } from 'express';
import type { Database } from '../../../platform/data/db.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { formatDay, formatMoney, formatNumber, moneyInput } from '../../../platform/html/format.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { actorName } from '../../vouchers/form/voucher-aside-view.ts';
import { VOUCHERS_PATH } from '../../vouchers/list/voucher-list-pages.ts';
import { shortEndText } from '../../vouchers/record/voucher-warning-service.ts';
import { headingKey, sheetColumn, type SheetValue } from './sheet-columns-service.ts';
import type { SheetChange, SheetRefusal, SheetReport } from './sheet-service.ts';

type Words = Pick<Locals, 't' | 'locale'>;

const MAX_SHOWN = 200;

export function checkFigures(report: SheetReport, { t, locale }: Words): { label: string; value: string }[] {
  const cells = report.changes.reduce((sum, { after }) => sum + Object.keys(after).length, 0);
  const figures = {
    rows: report.rows,
    changes: report.changes.length,
    cells,
    unchanged: report.unchanged,
    refused: report.refused,
  };
  return Object.entries(figures).map(([name, value]) => ({
    label: t(`exchange:sheet.figure.${name}`),
    value: formatNumber(value, locale),
  }));
}

/** Who is named in the refusals. */
export async function peopleOf(database: Database, { refusals }: SheetReport): Promise<ReadonlyMap<string, string>> {
  return namesOfActors(database, [...new Set(refusals.flatMap(({ by }) => by?.actor ?? []))]);
}

/** Each refused cell with its row, its column and why. */
export function refusalsOf({ refusals }: SheetReport, people: ReadonlyMap<string, string>, words: Words): object[] {
  const { t } = words;
  return refusals.map((refusal) => ({
    row: refusal.row,
    voucherNumber: refusal.number ?? '',
    href: refusal.id === null ? '' : `${VOUCHERS_PATH}/${refusal.id}`,
    column: refusal.column === null ? t('exchange:sheet.whole_row') : t(headingKey(refusal.column)),
    typed: shortened(refusal.typed ?? ''),
    reason: reasonOf(refusal, people, words),
    by: refusal.by?.at ?? null,
  }));
}

/** What would change, voucher by voucher: each field with the old and the new value. */
export function diffOf(changes: readonly SheetChange[], words: Words): object[] {
  const { t, locale } = words;
  return changes.map(({ row, id, number, title, currency, before, after, shortEnd }) => {
    const cells = Object.entries(after).map(([name, value]) => ({
      label: t(headingKey(name)),
      before: shownValue(name, before[name] ?? null, currency, words),
      after: shownValue(name, value, currency, words),
    }));
    const warning = shortEnd === null ? '' : shortEndText(shortEnd, t, locale);
    const [first, ...others] = cells;
    return {
      row,
      voucherNumber: number,
      titleText: title,
      href: `${VOUCHERS_PATH}/${id}`,
      first,
      others,
      span: cells.length + (warning === '' ? 0 : 1),
      warning,
    };
  });
}

function reasonOf(
  { code, column, typed, known, error, by }: SheetRefusal,
  people: ReadonlyMap<string, string>,
  words: Words,
): string {
  const { t, locale } = words;
  if (error !== null) return error.field === null ? errorSentence(error.code, t) : fieldSentence(error.field, t);
  if (code === 'changed_since')
    return by === null
      ? t('exchange:sheet.problem.moved_since')
      : t('exchange:sheet.problem.changed_since', { who: actorName(by.actor, people, t) });
  if (code === 'ended') return t('exchange:sheet.problem.ended', { status: t(`vouchers:status.${String(known)}`) });
  const most = column === null ? 0 : (sheetColumn(column)?.most ?? 0);
  const isOfColumn = column !== null && code !== 'campaign';
  const was = isOfColumn ? shownValue(column, known, null, words) : String(known ?? '');
  return t(`exchange:sheet.problem.${code}`, {
    typed: shortened(typed ?? ''),
    known: was === '' ? t('exchange:sheet.empty') : was,
    most: formatNumber(most, locale),
  });
}

function shownValue(name: string, value: SheetValue, currency: string | null, { locale }: Words): string {
  if (value === null) return '';
  const kind = sheetColumn(name)?.kind;
  if (typeof value === 'number') {
    if (kind !== 'money') return formatNumber(value, locale);
    return currency === null ? moneyInput(value, 'EUR', locale) : formatMoney(value, currency, locale);
  }
  return kind === 'day' ? formatDay(value, locale) : value;
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
