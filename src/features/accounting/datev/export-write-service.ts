import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import type { DatevBooking } from '../../../core/books/datev-booking.ts';
import type { AccountSum, CurrencySum } from '../../../core/books/export-check.ts';
import { localTimestamp } from '../../../platform/process/clock.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import {
  batchBooking,
  batchHeader,
  batchHeadings,
  LINE_END,
  MAX_BOOKINGS_PER_FILE,
  type DatevBatch,
} from './batch-datev.ts';
import { eventText, voucherNumber } from '../../../core/books/ledger-event.ts';
import type { OwedOnAccount } from '../../../core/books/ledger-sums.ts';
import { encodeCp1252 } from './cp1252-datev.ts';
import { csvAmount, csvLines, CSV_BEGIN, type CsvCell } from './export-csv.ts';
import { createFileWriter } from './export-file-service.ts';
import { findSealedRows, type SealedRow } from './export-row-store.ts';
import type { ExportRun } from './export-store.ts';
import { firstDayOf, lastDayOf, monthsBetween } from '../../../core/month.ts';

/** What a run says of itself in its protocol. */
export interface RunSummary {
  readonly accounts: readonly AccountSum[];
  readonly currencies: readonly CurrencySum[];
  readonly skipped: readonly { readonly reason: string; readonly entries: number }[];
  readonly skippedCurrencies: readonly string[];
  readonly opening: readonly OwedOnAccount[];
  readonly closing: readonly OwedOnAccount[];
}

const ROWS_PER_STEP = 2000;

/** What is written of a run, and how. */
export interface Writing {
  readonly run: ExportRun;
  readonly setup: AccountingSetup;
  readonly summary: RunSummary;
  readonly timeZone: string;
  /** What DATEV takes in one file; fewer for a test. */
  readonly bookingsPerFile?: number | undefined;
}

/** Writes all files of a run: per month and currency the DATEV file, split where it is too long, and a CSV beside it; then the protocol. */
export async function writeRunFiles(trx: Transaction, writing: Writing): Promise<void> {
  const { run, summary } = writing;
  for (const month of monthsBetween(run.fromMonth, run.toMonth)) {
    for (const { currency } of summary.currencies)
      await writeMonth(trx, writing, { month, currency, isMain: currency === summary.currencies[0]?.currency });
  }
  await writeProtocol(trx, writing);
}

interface Part {
  readonly month: string;
  readonly currency: string;
  /** The currency of most files stands in no name. */
  readonly isMain: boolean;
}

async function writeMonth(trx: Transaction, writing: Writing, part: Part): Promise<void> {
  const { run, setup, timeZone, bookingsPerFile = MAX_BOOKINGS_PER_FILE } = writing;
  let datev: Awaited<ReturnType<typeof createFileWriter>> | null = null;
  let generic: Awaited<ReturnType<typeof createFileWriter>> | null = null;
  let inFile = 0;
  let files = 0;
  for await (const rows of numbered(trx, run, part, false)) {
    if (generic === null) {
      generic = await createFileWriter(trx, {
        runId: run.id,
        kind: 'generic',
        month: part.month,
        name: fileName('Gutscheine', run, setup, part, 0),
      });
      await generic.write(Buffer.from(CSV_BEGIN + csvLines([GENERIC_HEADINGS])), 0);
    }
    await generic.write(Buffer.from(csvLines(rows.map((row) => genericLine(row)))), rows.length);
    for (let from = 0; from < rows.length;) {
      if (datev === null || inFile === bookingsPerFile) {
        await datev?.end();
        datev = await createFileWriter(trx, {
          runId: run.id,
          kind: 'datev',
          month: part.month,
          name: fileName('EXTF_Gutscheine', run, setup, part, files),
        });
        await datev.write(
          encodeCp1252(batchHeader(batchOf(run, setup, part, timeZone)) + LINE_END + batchHeadings() + LINE_END),
          0,
        );
        files += 1;
        inFile = 0;
      }
      const step = rows.slice(from, from + bookingsPerFile - inFile);
      await datev.write(encodeCp1252(step.map((row) => batchBooking(bookingOf(row)) + LINE_END).join('')), step.length);
      inFile += step.length;
      from += step.length;
    }
  }
  await datev?.end();
  await generic?.end();
}

async function* numbered(
  trx: Transaction,
  run: ExportRun,
  part: Pick<Part, 'month' | 'currency'>,
  isSkipped: boolean,
): AsyncGenerator<SealedRow[]> {
  const span = { from: firstDayOf(part.month), to: lastDayOf(part.month), currency: part.currency, isSkipped };
  for (let after = 0; ;) {
    const rows = await findSealedRows(trx, run.id, span, after, ROWS_PER_STEP);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_PER_STEP) return;
    after = rows.at(-1)?.journalNumber ?? after;
  }
}

function batchOf(
  run: ExportRun,
  { chart, datev }: AccountingSetup,
  { month, currency }: Part,
  timeZone: string,
): DatevBatch {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const fiscalYear = number >= datev.fiscalYearMonth ? year : year - 1;
  return {
    createdAt: localTimestamp(run.createdAt, timeZone),
    exportedBy: 'Reisebon',
    consultant: datev.consultant,
    client: datev.client,
    fiscalYearBegin: `${fiscalYear}-${String(datev.fiscalYearMonth).padStart(2, '0')}-01`,
    accountLength: datev.accountLength,
    from: firstDayOf(month),
    to: lastDayOf(month),
    title: `Gutscheine ${month.slice(5, 7)}/${month.slice(0, 4)}`,
    isLocked: datev.isLocked,
    currency,
    chart: chart === 'SKR03' ? '03' : chart === 'SKR04' ? '04' : '',
    runNumber: run.number,
  };
}

/** `EXTF_Gutscheine_55003_202606_EX-2026-000004.csv`, with the currency and the number of the part only where there are several. */
function fileName(
  prefix: string,
  run: ExportRun,
  { datev }: AccountingSetup,
  { month, currency, isMain }: Part,
  file: number,
): string {
  const more = `${isMain ? '' : `_${currency}`}${file === 0 ? '' : `_${file + 1}`}`;
  return `${prefix}_${datev.client}_${month.replace('-', '')}_${run.number}${more}.csv`;
}

function bookingOf({ booking }: SealedRow): DatevBooking {
  if (booking === null) throw new Error('a sealed entry of a run has no booking');
  return booking;
}

const GENERIC_HEADINGS: readonly string[] = [
  'Journal-Nr',
  'Buchungsdatum',
  'Ereignistag',
  'Umsatz',
  'Währung',
  'Soll',
  'Haben',
  'Generalumkehr',
  'Belegfeld 1',
  'Belegfeld 2',
  'Buchungstext',
  'Vorgang',
  'Gutschein-Nr',
  'Typ',
  'Buchungsnummer',
  'KOST1',
  'Prüfsumme',
];

function genericLine(row: SealedRow): CsvCell[] {
  const booking = bookingOf(row);
  return [
    row.journalNumber,
    row.postedOn,
    row.eventOn,
    csvAmount(booking.cents),
    booking.currency,
    booking.debit,
    booking.credit,
    booking.isGeneralReversal ? 1 : 0,
    booking.documentField1,
    booking.documentField2,
    booking.text,
    eventText(row.event),
    voucherNumber(row.voucherNumber, row.voucherId),
    TYPE_TEXTS[row.type],
    row.bookingNumber ?? '',
    booking.costCentre,
    row.hash,
  ];
}

const TYPE_TEXTS = { purchase: 'Kauf', settlement: 'Verrechnung', deal: 'Deal', discount: 'Rabatt' } as const;
const SKIP_TEXTS: Readonly<Record<string, string>> = {
  memo: 'Merkposten, keine Verbindlichkeit',
  same_account: 'Konto gleich Gegenkonto',
  transfer: 'Umbuchung innerhalb desselben Kontos',
};

async function writeProtocol(trx: Transaction, { run, summary, timeZone }: Writing): Promise<void> {
  const name = `Protokoll_${run.number}.csv`;
  const writer = await createFileWriter(trx, { runId: run.id, kind: 'protocol', month: run.fromMonth, name });
  const liability = (title: string, rows: RunSummary['opening']): CsvCell[][] =>
    rows.map((row) => [title, row.account ?? row.role, row.currency, csvAmount(row.cents)]);
  await writer.write(
    Buffer.from(
      CSV_BEGIN +
        csvLines([
          ['Lauf', run.number],
          ['Erstellt', localTimestamp(run.createdAt, timeZone)],
          ['Erstellt von', run.createdBy],
          ['Zeitraum', `${run.fromMonth} bis ${run.toMonth}`],
          ['Einträge', run.entries],
          ['davon nicht exportiert', run.skipped],
          ...summary.currencies.map((row): CsvCell[] => [
            'Buchungen',
            row.bookings,
            row.currency,
            csvAmount(row.cents),
          ]),
          ...liability('Verbindlichkeit Anfang', summary.opening),
          ...liability('Verbindlichkeit Ende', summary.closing),
          [],
          ['Konto', 'Währung', 'Soll', 'Haben', 'Buchungen'],
          ...summary.accounts.map((row): CsvCell[] => [
            row.account,
            row.currency,
            csvAmount(row.debit),
            csvAmount(row.credit),
            row.bookings,
          ]),
          [],
          ['Nicht exportiert: Journal-Nr', 'Buchungsdatum', 'Vorgang', 'Gutschein-Nr', 'Betrag', 'Währung', 'Grund'],
        ]),
    ),
    0,
  );
  for (const month of monthsBetween(run.fromMonth, run.toMonth)) {
    for (const currency of summary.skippedCurrencies) {
      for await (const rows of numbered(trx, run, { month, currency }, true)) {
        await writer.write(
          Buffer.from(
            csvLines(
              rows.map((row): CsvCell[] => [
                row.journalNumber,
                row.postedOn,
                eventText(row.event),
                voucherNumber(row.voucherNumber, row.voucherId),
                csvAmount(row.cents),
                row.currency,
                SKIP_TEXTS[row.skipReason ?? ''] ?? '',
              ]),
            ),
          ),
          0,
        );
      }
    }
  }
  await writer.end();
}
