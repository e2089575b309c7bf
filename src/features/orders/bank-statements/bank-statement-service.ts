import { oneLine } from '../../../core/text.ts';
import type { Author } from '../../../platform/data/act.ts';
import {
  mayBeSameCredit,
  orderNumbersIn,
  proposalFor,
  type Proposal,
  type StatementContent,
  type StatementLine,
} from '../../../core/sale/bank-statement.ts';
import { linesOfCamt } from '../../../core/sale/camt-statement.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { fingerprintOf } from '../../../platform/data/idempotency.ts';
import { readXml } from '../../../platform/files/xml-file.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { bookPayment, preparedParts, type PaymentOutcome } from '../payments/order-payment-service.ts';
import { findOrderByNumber, findOrdersByNumbers, type Order } from '../record/order-store.ts';
import { payNamedRefunds } from './refund-debit-service.ts';
import { readStatementTable } from './bank-statement-csv-table.ts';
import {
  endBankLine,
  findBankLine,
  findLinesLike,
  insertBankLines,
  listBankLines,
  type BankLine,
  type BankLineState,
} from './bank-statement-store.ts';

export type { BankLine, BankLineState };

export interface StatementImport {
  readonly imported: number;
  /** Were read from an earlier file. */
  readonly known: number;
  readonly skipped: number;
  /** Refunds that its debits show as paid. */
  readonly refunds: number;
}

const MAX_LINES = 10_000;

export interface StatementFile {
  readonly path: string;
  readonly name: string;
  /** Whether who reads it may also say that refunds are paid. */
  readonly paysRefunds: boolean;
}

/** Keeps the credits of a CAMT.053 or CSV file that are not known yet; null: the file is neither. */
export async function importStatement(
  database: Database,
  author: Author,
  { path, name, paysRefunds }: StatementFile,
): Promise<StatementImport | null> {
  const { actor, moment } = author;
  const content = await readStatement(database, path, name);
  if (content === null || content.lines.length > MAX_LINES) return null;
  const lines = withKeys(content.lines).map((line) => ({
    ...line,
    account: line.account.slice(0, 34),
    payer: oneLine(line.payer),
    purpose: oneLine(line.purpose),
    fileName: name.slice(0, 200),
  }));
  const imported = await inTransaction(database, async (trx) => {
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'statement.import',
        entity: 'statement',
        entityId: name.slice(0, 64),
        changes: { lines: lines.length },
      },
    ]);
    return insertBankLines(trx, lines, actor, moment.now);
  });
  const refunds = paysRefunds ? await payNamedRefunds(database, author, content.debits) : 0;
  return { imported, known: lines.length - imported, skipped: content.skipped - refunds, refunds };
}

export interface ProposedLine {
  readonly line: BankLine;
  readonly proposal: Proposal;
  readonly order: Order | null;
  /** The line of another file that may be this very credit: booked only with a reason. */
  readonly twin: BankLine | null;
}

/** Lines with what their purpose says they are for. */
export async function proposedLines(
  connection: Connection,
  state: BankLineState,
  afterId: string | null,
  limit: number,
): Promise<ProposedLine[]> {
  const lines = await listBankLines(connection, state, afterId, limit);
  const numbers = [...new Set(lines.flatMap(({ purpose }) => orderNumbersIn(purpose)))];
  const orders = new Map((await findOrdersByNumbers(connection, numbers)).map((order) => [order.number, order]));
  const alike = state === 'open' && lines.length > 0 ? await findLinesLike(connection, lines) : [];
  return lines.map((line) => ({ ...propose(line, orders), twin: twinOf(line, alike) }));
}

/**
 * Books a line on an order, once: line, money and vouchers are one transaction. What may be the credit of another file
 * needs a person's reason why it is a payment of its own.
 */
export async function bookLine(
  desk: OrderDesk,
  author: Author,
  lineId: string,
  { orderNumber, reason }: { readonly orderNumber: string; readonly reason: string },
): Promise<PaymentOutcome> {
  const { database } = desk;
  const { actor, moment } = author;
  const line = await findBankLine(database.knex, lineId);
  const order = await findOrderByNumber(database.knex, orderNumber);
  if (line === null || order === null) throw appError('not_found');
  if (line.currency !== order.currency) throw appError('rule_broken');
  const parts = await preparedParts(desk);
  return inTransaction(database, async (trx) => {
    if (!(await endBankLine(trx, lineId, { state: 'booked', orderId: order.id }, moment.now)))
      throw appError('conflict');
    const twin = twinOf(line, await findLinesLike(trx, [line]));
    if (twin !== null) {
      if (reason === '') throw appError('credit_known');
      await writeAudit(trx, [
        {
          recordedAt: moment.now,
          actor,
          action: 'statement.book_again',
          entity: 'statement',
          entityId: lineId,
          changes: { reason, order: order.number, twin: twin.id },
        },
      ]);
    }
    const payment = {
      cents: line.cents,
      method: 'bank_transfer',
      paidOn: line.bookedOn,
      sourceKey: `statement:${line.lineKey}`,
      reference: line.purpose.slice(0, 200),
    } as const;
    return bookPayment({ trx, ...author }, order.id, payment, parts);
  });
}

/** The line has nothing to do with orders. */
export async function ignoreLine(database: Database, author: Author, lineId: string): Promise<void> {
  const { actor, moment } = author;
  await inTransaction(database, async (trx) => {
    if (!(await endBankLine(trx, lineId, { state: 'ignored', orderId: null }, moment.now))) throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'statement.ignore',
        entity: 'statement',
        entityId: lineId,
        changes: null,
      },
    ]);
  });
}

async function readStatement(database: Database, path: string, name: string): Promise<StatementContent | null> {
  if (/\.xml$/i.test(name)) {
    const tree = await readXml(path);
    return tree === null ? null : linesOfCamt(tree);
  }
  const { currency } = await generalSettings(database.knex);
  return readStatementTable(path, currency);
}

/**
 * A line is the same line again when its account, day, amount, payer and purpose are; the bank's own mark decides where
 * there is one. Lines of one file that are equal in all of that are told apart by their place among themselves.
 */
function withKeys(lines: readonly StatementLine[]) {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const { account, bankReference, bookedOn, cents, currency, payer, purpose } = line;
    const identity = fingerprintOf(
      bankReference === ''
        ? { account, bookedOn, cents, currency, payer, purpose }
        : { account, bankReference, bookedOn, cents, currency },
    );
    const place = seen.get(identity) ?? 0;
    seen.set(identity, place + 1);
    return {
      lineKey: place === 0 ? identity : fingerprintOf({ identity, place }),
      account,
      bookedOn,
      cents,
      currency,
      payer,
      purpose,
    };
  });
}

/** Equal lines of one file are payments of their own: the bank lists each once. */
function twinOf(line: BankLine, alike: readonly BankLine[]): BankLine | null {
  const isOtherFile = (other: BankLine): boolean =>
    other.importedAt !== line.importedAt || other.fileName !== line.fileName;
  return (
    alike.find(
      (other) =>
        isOtherFile(other) &&
        (BigInt(other.id) < BigInt(line.id) || other.state === 'booked') &&
        mayBeSameCredit(line, other),
    ) ?? null
  );
}

function propose(line: BankLine, orders: ReadonlyMap<string, Order>): Omit<ProposedLine, 'twin'> {
  const found = orderNumbersIn(line.purpose).flatMap((number) => orders.get(number) ?? []);
  const [order, ...others] = found;
  if (order === undefined || order.currency !== line.currency) return { line, proposal: 'unknown', order: null };
  if (others.length > 0) return { line, proposal: 'several', order: null };
  const isOpen = order.state === 'ordered' || order.state === 'partly_paid';
  return { line, proposal: proposalFor(line.cents, { isOpen, missing: order.total - order.paid }), order };
}
