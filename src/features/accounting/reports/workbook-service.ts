import { LIABILITY_ROLES } from '../../../core/books/chart-of-accounts.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { SmallSheet, WorkbookColumn, WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { listJournal, type JournalEntry, type JournalQuestion } from '../journal/journal-service.ts';
import { liabilityReport, type LiabilityQuestion } from './liability-service.ts';
import { equationRows, LIABILITY_COLUMNS, liabilitySheets } from './liability-workbook-service.ts';
import { allOpenItems } from './open-item-service.ts';
import { accountRows, type AccountRow } from './balance-service.ts';
import { paymentRecords } from './payment-sheet-service.ts';
import type { PaymentQuestion } from '../datev/payment-record-service.ts';

export const WORKBOOK_JOB = 'accounting-workbook';
export const REPORTS = ['journal', 'open_items', 'liabilities', 'balances', 'payments'] as const;
export type Report = (typeof REPORTS)[number];

/** What a workbook shall hold: the question of the page it was asked for on. */
export type WorkbookQuestion =
  | { readonly report: 'journal'; readonly question: JournalQuestion }
  | { readonly report: 'open_items' | 'liabilities'; readonly question: LiabilityQuestion }
  | { readonly report: 'balances'; readonly question: { readonly from: string; readonly to: string } }
  | { readonly report: 'payments'; readonly question: PaymentQuestion };

export type WorkbookPayload = WorkbookQuestion & {
  readonly locale: Locale;
  readonly filterText: string;
  readonly userName: string;
};

/** The id of the job that writes the workbook. */
export function queueWorkbook(
  database: Database,
  payload: WorkbookPayload,
  actor: string,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: WORKBOOK_JOB, payload, total: null, createdBy: actor, now }),
  );
}

type ReportColumn = Omit<WorkbookColumn, 'heading'> & { readonly name: string };

const text = (name: string, width = 16): ReportColumn => ({ name, kind: 'text', width });
const day = (name: string): ReportColumn => ({ name, kind: 'day', width: 12 });
const count = (name: string): ReportColumn => ({ name, kind: 'number', width: 12 });
const money = (name: string, isSummed = true): ReportColumn => ({ name, kind: 'money', width: 14, isSummed });

/** In the order of the sheet, which never changes: people build on it. */
export const REPORT_COLUMNS: Readonly<Record<Report, readonly ReportColumn[]>> = {
  journal: [
    count('number'),
    day('posted'),
    day('event_day'),
    { name: 'recorded', kind: 'instant', width: 17 },
    text('event', 24),
    text('voucher'),
    text('type', 13),
    text('currency', 9),
    money('amount'),
    money('liability_change'),
    money('balance_after', false),
    text('debit', 12),
    text('credit', 12),
    text('document'),
    text('booking'),
    text('debtor', 12),
    text('reason', 30),
    text('user', 20),
    count('reverses'),
    text('run', 14),
    text('hash', 66),
  ],
  open_items: [
    text('voucher'),
    text('type', 13),
    text('title', 30),
    text('brand', 18),
    day('issued'),
    day('until'),
    day('limitation'),
    text('account', 12),
    text('blocked', 10),
    text('currency', 9),
    money('balance'),
    text('forfeited', 16),
  ],
  liabilities: LIABILITY_COLUMNS,
  balances: [
    text('account', 12),
    text('name', 40),
    text('currency', 9),
    money('opening'),
    money('debit_sum'),
    money('credit_sum'),
    money('closing'),
  ],
  payments: [
    text('booking'),
    day('posted'),
    text('account', 12),
    text('type', 13),
    text('voucher'),
    text('currency', 9),
    money('amount'),
  ],
};

export interface RowWords {
  readonly t: Translate;
  /** Roles and events are words that other parts add to. */
  readonly wordText: (group: 'role' | 'event', word: string) => string;
  readonly namesOfActors: (actors: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

const ENTRIES_PER_STEP = 500;

export interface ReportContent {
  /** Some hundred at a time. */
  readonly rows: AsyncIterable<readonly (readonly WorkbookValue[])[]> | Iterable<readonly (readonly WorkbookValue[])[]>;
  readonly others: readonly SmallSheet[];
}

export async function openReport(
  connection: Connection,
  asked: WorkbookQuestion,
  words: RowWords,
): Promise<ReportContent> {
  switch (asked.report) {
    case 'balances':
      return {
        rows: [(await accountRows(connection, asked.question)).map((row) => cellsOf(row, words))],
        others: [],
      };
    case 'payments':
      return { rows: paymentRows(connection, asked.question, words), others: [] };
    case 'journal':
      return { rows: journalRows(connection, asked.question, words), others: [] };
    case 'open_items':
      return { rows: openItemRows(connection, asked.question, words.t), others: [] };
    case 'liabilities': {
      const report = await liabilityReport(connection, asked.question);
      return {
        rows: [equationRows(report, words.t, (role) => words.wordText('role', role))],
        others: liabilitySheets(report, words.t),
      };
    }
  }
}

function cellsOf({ account, role, currency, opening, debit, credit, closing }: AccountRow, { wordText }: RowWords) {
  return [account, wordText('role', role), currency, opening, debit, credit, closing];
}

async function* paymentRows(
  connection: Connection,
  question: PaymentQuestion,
  { t }: RowWords,
): AsyncGenerator<readonly (readonly WorkbookValue[])[]> {
  for await (const records of paymentRecords(connection, question))
    yield records.map((record) => [
      record.bookingNumber,
      record.postedOn,
      record.valueRole === null ? t('accounting:payments.no_money') : record.moneyAccount,
      t(`accounting:type.${record.type}`),
      record.voucherLabel,
      record.currency,
      record.cents,
    ]);
}

async function* journalRows(
  connection: Connection,
  question: JournalQuestion,
  { t, wordText, namesOfActors }: RowWords,
): AsyncGenerator<readonly (readonly WorkbookValue[])[]> {
  let cursor: string | null = null;
  do {
    const { entries, nextCursor }: Awaited<ReturnType<typeof listJournal>> = await listJournal(
      connection,
      question,
      cursor,
      ENTRIES_PER_STEP,
    );
    const names = await namesOfActors(entries.map(({ actor }) => actor));
    yield entries.map((entry) => [
      entry.journalNumber,
      entry.postedOn,
      entry.eventOn,
      entry.recordedAt,
      wordText('event', entry.event),
      entry.voucherLabel,
      entry.type === null ? '' : t(`accounting:type.${entry.type}`),
      entry.currency,
      entry.cents,
      liabilityChange(entry),
      entry.balanceAfter,
      entry.debitAccount ?? entry.debitRole,
      entry.creditAccount ?? entry.creditRole,
      entry.documentNumber,
      entry.bookingNumber,
      entry.debtor,
      entry.reason,
      names.get(entry.actor) ?? entry.actor,
      entry.reversesNumber,
      entry.runNumber,
      entry.hash,
    ]);
    cursor = nextCursor;
  } while (cursor !== null);
}

/** What the entry adds to what is owed: a credit of a voucher account raises it, a debit lowers it. */
function liabilityChange({ debitRole, creditRole, cents }: JournalEntry): number {
  return (LIABILITY_ROLES.includes(creditRole) ? cents : 0) - (LIABILITY_ROLES.includes(debitRole) ? cents : 0);
}

async function* openItemRows(
  connection: Connection,
  { on, knownUntil }: LiabilityQuestion,
  t: Translate,
): AsyncGenerator<readonly (readonly WorkbookValue[])[]> {
  let step: WorkbookValue[][] = [];
  for await (const item of allOpenItems(connection, { day: on, knownUntil })) {
    step.push([
      item.label,
      t(`accounting:type.${item.type}`),
      item.title,
      item.brand,
      item.paidOn,
      item.bookUntil,
      item.limitationOn,
      item.account,
      t(item.isBlocked ? 'common:yes' : 'common:no'),
      item.currency,
      item.cents,
      t(item.isForfeited ? 'common:yes' : 'common:no'),
    ]);
    if (step.length < ENTRIES_PER_STEP) continue;
    yield step;
    step = [];
  }
  yield step;
}
