import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import type { DatevBooking } from '../../../core/books/datev-booking.ts';
import {
  profileHeadings,
  profileLine,
  profileOf,
  type ProfiledBooking,
} from '../../../core/books/export/export-profiles.ts';
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
import { eventText, ownerNumber } from '../../../core/books/ledger-event.ts';
import { encodeCp1252 } from './cp1252-datev.ts';
import { csvAmount, csvLines, CSV_BEGIN, type CsvCell } from './export-csv.ts';
import { createFileWriter } from './export-file-service.ts';
import { writeProtocol, type RunSummary } from './export-protocol-service.ts';
import type { SealedRow } from './export-row-store.ts';
import { sealedRows } from './export-step-service.ts';
import type { ExportRun } from './export-store.ts';
import { firstDayOf, lastDayOf, monthsBetween } from '../../../core/month.ts';

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
  const own = summary.ownCurrency ?? summary.currencies[0]?.currency;
  for (const month of monthsBetween(run.fromMonth, run.toMonth)) {
    for (const { currency } of summary.currencies)
      await writeMonth(trx, writing, { month, currency, isMain: currency === own });
  }
  await writeProtocol(trx, writing);
}

type FileWriter = Awaited<ReturnType<typeof createFileWriter>>;

interface Part {
  readonly month: string;
  readonly currency: string;
  /** The currency of the books stands in no name. */
  readonly isMain: boolean;
}

async function writeMonth(trx: Transaction, writing: Writing, part: Part): Promise<void> {
  const { run, bookingsPerFile = MAX_BOOKINGS_PER_FILE } = writing;
  const format = formatOf(writing, part);
  let file: FileWriter | null = null;
  let generic: FileWriter | null = null;
  let inFile = 0;
  let files = 0;
  for await (const rows of sealedRows(trx, run, part, false)) {
    generic ??= await beginGeneric(trx, writing, part);
    await generic.write(Buffer.from(csvLines(rows.map((row) => genericLine(row)))), rows.length);
    for (let from = 0; from < rows.length;) {
      if (file === null || inFile === bookingsPerFile) {
        await file?.end();
        const name = fileName(format.prefix, writing, part, files);
        file = await createFileWriter(trx, { runId: run.id, kind: format.kind, month: part.month, name });
        await file.write(format.head(), 0);
        files += 1;
        inFile = 0;
      }
      const step = rows.slice(from, from + bookingsPerFile - inFile);
      await file.write(format.lines(step), step.length);
      inFile += step.length;
      from += step.length;
    }
  }
  await file?.end();
  await generic?.end();
}

/** What the bookings of a run are written as for the program they are for. */
interface FileFormat {
  readonly kind: 'datev' | 'profile';
  readonly prefix: string;
  head(): Buffer;
  lines(rows: readonly SealedRow[]): Buffer;
}

function formatOf(writing: Writing, part: Part): FileFormat {
  const profile = profileOf(writing.setup.export);
  if (profile === null)
    return {
      kind: 'datev',
      prefix: 'EXTF_Gutscheine',
      head: () => encodeCp1252(batchHeader(batchOf(writing, part)) + LINE_END + batchHeadings() + LINE_END),
      lines: (rows) => encodeCp1252(rows.map((row) => batchBooking(bookingOf(row)) + LINE_END).join('')),
    };
  const encode = (text: string): Buffer => (profile.encoding === 'cp1252' ? encodeCp1252(text) : Buffer.from(text));
  const headings = profileHeadings(profile);
  return {
    kind: 'profile',
    prefix: `Buchungen_${writing.setup.export?.profile ?? ''}`,
    head: () =>
      encode(`${profile.encoding === 'utf8_bom' ? CSV_BEGIN : ''}${headings === null ? '' : headings + LINE_END}`),
    lines: (rows) => encode(rows.map((row) => profileLine(profile, profiledOf(row)) + LINE_END).join('')),
  };
}

function profiledOf(row: SealedRow): ProfiledBooking {
  return { ...bookingOf(row), journalNumber: row.journalNumber };
}

async function beginGeneric(trx: Transaction, writing: Writing, part: Part): Promise<FileWriter> {
  const name = fileName('Gutscheine', writing, part, 0);
  const file = await createFileWriter(trx, { runId: writing.run.id, kind: 'generic', month: part.month, name });
  await file.write(Buffer.from(CSV_BEGIN + csvLines([GENERIC_HEADINGS])), 0);
  return file;
}

function batchOf({ run, setup, summary, timeZone }: Writing, { month, currency }: Part): DatevBatch {
  const { chart, datev } = setup;
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
    // The client's own, whatever the amounts are in: each row names its currency.
    currency: summary.ownCurrency ?? currency,
    chart: chart === 'SKR03' ? '03' : chart === 'SKR04' ? '04' : '',
    runNumber: run.number,
  };
}

/** `EXTF_Gutscheine_55003_202606_EX-2026-000004.csv`, with the currency and the number of the part only where there are several. */
function fileName(prefix: string, { run, setup }: Writing, { month, currency, isMain }: Part, file: number): string {
  const more = `${isMain ? '' : `_${currency}`}${file === 0 ? '' : `_${file + 1}`}`;
  const client = setup.datev.client === '' ? '' : `_${setup.datev.client}`;
  return `${prefix}${client}_${month.replace('-', '')}_${run.number}${more}.csv`;
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
    ownerNumber(row),
    row.type === null ? '' : TYPE_TEXTS[row.type],
    row.bookingNumber ?? '',
    booking.costCentre,
    row.hash,
  ];
}

const TYPE_TEXTS = { purchase: 'Kauf', settlement: 'Verrechnung', deal: 'Deal', discount: 'Rabatt' } as const;
