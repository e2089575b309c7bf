import type { AccountSum, CurrencySum } from '../../../core/books/export-check.ts';
import type { ExportNote } from '../../../core/books/datev-booking.ts';
import { eventText, ownerNumber } from '../../../core/books/ledger-event.ts';
import type { OwedOnAccount } from '../../../core/books/ledger-sums.ts';
import { monthsBetween } from '../../../core/month.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { localTimestamp } from '../../../platform/process/clock.ts';
import { csvAmount, csvLines, CSV_BEGIN, type CsvCell } from './export-csv.ts';
import { createFileWriter } from './export-file-service.ts';
import type { SealedRow } from './export-row-store.ts';
import { sealedRows } from './export-step-service.ts';
import type { ExportRun } from './export-store.ts';

/** What a run says of itself in its protocol. */
export interface RunSummary {
  readonly accounts: readonly AccountSum[];
  readonly currencies: readonly CurrencySum[];
  /** What the books are kept in; runs of before did not say. */
  readonly ownCurrency?: string;
  /** Runs of before 0.3 stopped where they would have had one. */
  readonly notes?: readonly ExportNote[];
  readonly skipped: readonly { readonly reason: string; readonly entries: number }[];
  readonly skippedCurrencies: readonly string[];
  readonly opening: readonly OwedOnAccount[];
  readonly closing: readonly OwedOnAccount[];
}

interface Protocol {
  readonly run: ExportRun;
  readonly summary: RunSummary;
  readonly timeZone: string;
}

const SKIP_TEXTS: Readonly<Record<string, string>> = {
  memo: 'Merkposten, keine Verbindlichkeit',
  same_account: 'Konto gleich Gegenkonto',
  transfer: 'Umbuchung innerhalb desselben Kontos',
  grouped: 'In der Sammelbuchung desselben Belegs enthalten',
};

const NOTE_FIELDS: Readonly<Record<ExportNote['code'], string>> = {
  document_replaced: 'Belegfeld 1',
  document_given: 'Belegfeld 1',
  collective_debtor: 'Debitor',
  shortened: 'Spalte',
};
const NOTE_TEXTS: Readonly<Record<ExportNote['code'], string>> = {
  document_replaced: 'Nummer passt nicht in Belegfeld 1; die eingegebene steht im Buchungstext',
  document_given: 'Belegnummer von der Buchhaltung vergeben',
  collective_debtor: 'Kundennummer ist kein Debitorenkonto; auf den Sammeldebitor gebucht',
  shortened: 'länger, als das Zielprogramm aufnimmt',
};

/** Writes the protocol of a run: its figures, and every entry that DATEV does not get, with the reason. */
export async function writeProtocol(trx: Transaction, protocol: Protocol): Promise<void> {
  const { run, summary } = protocol;
  const name = `Protokoll_${run.number}.csv`;
  const writer = await createFileWriter(trx, { runId: run.id, kind: 'protocol', month: run.fromMonth, name });
  await writer.write(Buffer.from(CSV_BEGIN + csvLines(protocolHead(protocol))), 0);
  for (const month of monthsBetween(run.fromMonth, run.toMonth)) {
    for (const currency of summary.skippedCurrencies) {
      for await (const rows of sealedRows(trx, run, { month, currency }, true)) {
        await writer.write(Buffer.from(csvLines(rows.map(skippedLine))), 0);
      }
    }
  }
  await writer.end();
}

function protocolHead({ run, summary, timeZone }: Protocol): CsvCell[][] {
  const liability = (title: string, rows: RunSummary['opening']): CsvCell[][] =>
    rows.map((row) => [title, row.account ?? row.role, row.currency, csvAmount(row.cents)]);
  return [
    ['Lauf', run.number],
    ['Erstellt', localTimestamp(run.createdAt, timeZone)],
    ['Erstellt von', run.createdBy],
    ['Zeitraum', `${run.fromMonth} bis ${run.toMonth}`],
    ['Einträge', run.entries],
    ['davon nicht exportiert', run.skipped],
    ...summary.currencies.map((row): CsvCell[] => ['Buchungen', row.bookings, row.currency, csvAmount(row.cents)]),
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
    ...foreignOf(summary),
    ...notesOf(summary),
    [],
    ['Nicht exportiert: Journal-Nr', 'Buchungsdatum', 'Vorgang', 'Gutschein-Nr', 'Betrag', 'Währung', 'Grund'],
  ];
}

/** The same warning as on the page. */
function foreignOf({ currencies, ownCurrency }: RunSummary): CsvCell[][] {
  const foreign = foreignCurrencies(currencies, ownCurrency);
  return foreign.length === 0
    ? []
    : [
        [
          'Fremdwährung',
          foreign.join(', '),
          `ohne Kurs und Basis-Umsatz in ${ownCurrency ?? ''}, beim Einlesen zu ergänzen`,
        ],
      ];
}

/** The currencies beside that of the books. */
export function foreignCurrencies(currencies: readonly CurrencySum[], ownCurrency: string | undefined): string[] {
  return currencies
    .map(({ currency }) => currency)
    .filter((currency) => ownCurrency !== undefined && currency !== ownCurrency);
}

/** What stands in the file instead of what was entered. */
function notesOf({ notes = [] }: RunSummary): CsvCell[][] {
  if (notes.length === 0) return [];
  return [
    [],
    ['Ersetzt', 'Eingegeben', 'In der Datei', 'Gutschein-Nr', 'Grund'],
    ...notes.map(({ code, value, used, voucher }): CsvCell[] => [
      NOTE_FIELDS[code],
      value,
      used,
      voucher,
      NOTE_TEXTS[code],
    ]),
  ];
}

function skippedLine(row: SealedRow): CsvCell[] {
  return [
    row.journalNumber,
    row.postedOn,
    eventText(row.event),
    ownerNumber(row),
    csvAmount(row.cents),
    row.currency,
    SKIP_TEXTS[row.skipReason ?? ''] ?? '',
  ];
}
