import type { ExportNote, ExportProblem } from '../../../core/books/datev-booking.ts';
import type { ExportCheck } from '../../../core/books/export-check.ts';
import { monthBefore } from '../../../core/month.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { ACCOUNTING_PATH, urlWith, wordText } from '../ledger/ledger-request-form.ts';
import { monthText } from '../ledger/month-view.ts';
import { foreignCurrencies, type RunSummary } from './export-protocol-service.ts';
import type { ExportMonths, ExportRun, filesOfRun, previewRun } from './export-run-service.ts';

export const EXPORTS_PATH = `${ACCOUNTING_PATH}/exports`;
export const DOCUMENT_NUMBERS_PATH = `${ACCOUNTING_PATH}/document-numbers`;
const MONTHS_OFFERED = 24;

export function monthOptions(current: string, t: Translate): { value: string; label: string }[] {
  const months: { value: string; label: string }[] = [];
  for (let month = current; months.length < MONTHS_OFFERED; month = monthBefore(month))
    months.push({ value: month, label: monthText(month, t) });
  return months;
}

export function runRow(run: ExportRun, t: Translate) {
  const tones = { sealed: 'warn', written: 'ok', undone: 'quiet' } as const;
  return {
    id: run.id,
    number: run.number,
    label: run.number,
    href: `${EXPORTS_PATH}/${run.id}`,
    span:
      run.fromMonth === run.toMonth
        ? monthText(run.fromMonth, t)
        : `${monthText(run.fromMonth, t)} – ${monthText(run.toMonth, t)}`,
    stateText: t(`accounting:exports.state.${run.state}`),
    tone: tones[run.state],
    entries: run.entries,
    skippedCount: run.skipped,
    bookings: run.entries - run.skipped,
    createdAt: run.createdAt,
    isUndone: run.state === 'undone',
    setupText: run.setupId ?? '–',
  };
}

export function previewFrame(t: Translate, typed: ExportMonths, errors: readonly FormError[]) {
  return {
    title: t('accounting:exports.preview_title', {
      from: monthText(typed.fromMonth, t),
      to: monthText(typed.toMonth, t),
    }),
    breadcrumbs: [{ href: EXPORTS_PATH, text: t('accounting:exports.title') }],
    form: formView({ ...typed }, errors),
    typed,
    accountsHref: `${ACCOUNTING_PATH}/accounts`,
  };
}

/** What a run would hold; where it is too large to be checked in a page, `check` is null. */
export function previewView(open: number, check: Awaited<ReturnType<typeof previewRun>> | null, t: Translate) {
  return {
    open,
    isLarge: check === null,
    check:
      check === null
        ? null
        : {
            ...check,
            skipped: [...check.skipped].map(([reason, ids]) => ({
              text: t(`accounting:exports.skip.${reason}`),
              entries: ids.length,
            })),
          },
    problems: (check?.problems ?? []).map((problem) => problemRow(problem, t)),
    ...notesView(check?.notes ?? [], check?.noteCount ?? 0, t),
    more: Math.max(0, (check?.problemCount ?? 0) - (check?.problems.length ?? 0)),
  };
}

const MAX_NOTES_SHOWN = 100;

/** What stands in a file instead of what was entered, each number once. */
export function notesView(notes: readonly ExportNote[], count: number, t: Translate) {
  return {
    notes: notes.slice(0, MAX_NOTES_SHOWN).map((note) => ({
      text: t(`accounting:note.${note.code}`, { value: note.value === '' ? '–' : note.value, used: note.used }),
      voucher: note.voucher,
      href: `${ACCOUNTING_PATH}/journal/${note.entryId}`,
      give:
        note.code === 'collective_debtor' || note.code === 'shortened'
          ? ''
          : urlWith(DOCUMENT_NUMBERS_PATH, { number: note.value, document: note.used }),
    })),
    moreNotes: Math.max(0, count - Math.min(notes.length, MAX_NOTES_SHOWN)),
  };
}

function problemRow(problem: ExportProblem, t: Translate) {
  const isDigits = problem.code === 'account_missing';
  return {
    text: t(`accounting:problem.${problem.code}`, {
      value: isDigits ? `${t(`accounting:role.${problem.value}`)} (${problem.value})` : problem.value,
    }),
    voucher: problem.voucher ?? '',
    href: problem.entryId === null ? '' : `${ACCOUNTING_PATH}/journal/${problem.entryId}`,
  };
}

/** What DATEV needs for another currency than that of the books, which no file here has. */
export function foreignWarnings(
  currencies: ExportCheck['currencies'],
  own: string | undefined,
  t: Translate,
): string[] {
  const foreign = foreignCurrencies(currencies, own);
  return foreign.length === 0
    ? []
    : [t('accounting:exports.foreign', { currencies: foreign.join(', '), own: own ?? '' })];
}

export function summaryView(pages: Pick<Shell, 'i18n'>, summary: RunSummary, t: Translate) {
  const owed = (row: RunSummary['opening'][number]) => ({
    ...row,
    name: wordText(pages, t, 'role', row.role),
    accountText: row.account ?? row.role,
  });
  return {
    ...summary,
    ...notesView(summary.notes ?? [], summary.notes?.length ?? 0, t),
    opening: summary.opening.map(owed),
    closing: summary.closing.map(owed),
    skipped: summary.skipped.map(({ reason, entries }) => ({ text: t(`accounting:exports.skip.${reason}`), entries })),
  };
}

export function fileRow(file: Awaited<ReturnType<typeof filesOfRun>>[number], t: Translate) {
  return {
    ...file,
    isProtocol: file.kind === 'protocol',
    kindText: t(`accounting:exports.kind.${file.kind}`),
    monthText: file.kind === 'protocol' ? '' : monthText(file.month, t),
  };
}
