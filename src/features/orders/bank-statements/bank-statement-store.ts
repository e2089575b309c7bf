import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export type BankLineState = 'open' | 'booked' | 'ignored';

export interface BankLine {
  readonly id: string;
  readonly lineKey: string;
  readonly account: string;
  readonly bookedOn: string;
  readonly cents: number;
  readonly currency: string;
  readonly payer: string;
  readonly purpose: string;
  readonly state: BankLineState;
  readonly orderId: string | null;
  readonly importedAt: number;
  /** Null: read before files were noted. */
  readonly fileName: string | null;
}

export type NewBankLine = Omit<BankLine, 'id' | 'state' | 'orderId' | 'importedAt'>;

const ROWS_PER_INSERT = 200;

/** Those that are not known yet are kept; how many they were. */
export async function insertBankLines(
  trx: Knex.Transaction,
  lines: readonly NewBankLine[],
  importedBy: string,
  now: number,
): Promise<number> {
  let inserted = 0;
  for (let start = 0; start < lines.length; start += ROWS_PER_INSERT) {
    const part = lines.slice(start, start + ROWS_PER_INSERT);
    const before = await countOf(trx, part);
    await trx('bank_lines')
      .insert(
        part.map((line) => ({
          line_key: line.lineKey,
          account: line.account.slice(0, 34),
          booked_on: line.bookedOn,
          cents: line.cents,
          currency: line.currency,
          payer: line.payer,
          purpose: line.purpose,
          state: 'open',
          imported_at: now,
          imported_by: importedBy,
          file_name: line.fileName,
        })),
      )
      .onConflict('line_key')
      .ignore();
    inserted += (await countOf(trx, part)) - before;
  }
  return inserted;
}

export async function listBankLines(
  knex: Knex,
  state: BankLineState,
  afterId: string | null,
  limit: number,
): Promise<BankLine[]> {
  const query = knex('bank_lines').where({ state }).orderBy('id', 'desc').limit(limit);
  if (afterId !== null) void query.where('id', '<', afterId);
  const rows = await query.select<BankLineRow[]>();
  return rows.map(toLine);
}

/** Ends a line that is still open; false: somebody was faster. */
export async function endBankLine(
  trx: Knex.Transaction,
  id: string,
  end: { readonly state: 'booked' | 'ignored'; readonly orderId: string | null },
  now: number,
): Promise<boolean> {
  const ended: number = await trx('bank_lines')
    .where({ id, state: 'open' })
    .update({ state: end.state, order_id: end.orderId, ended_at: now });
  return ended === 1;
}

export async function findBankLine(knex: Knex, id: string): Promise<BankLine | null> {
  const row = await knex('bank_lines').where({ id }).first<BankLineRow | undefined>();
  return row === undefined ? null : toLine(row);
}

/** All credits of these days over these amounts, whatever became of them, oldest first. */
export async function findLinesLike(
  knex: Knex,
  lines: readonly Pick<BankLine, 'bookedOn' | 'cents'>[],
): Promise<BankLine[]> {
  const days = [...new Set(lines.map(({ bookedOn }) => bookedOn))];
  const amounts = [...new Set(lines.map(({ cents }) => cents))];
  const rows = await knex('bank_lines')
    .whereIn('booked_on', days)
    .whereIn('cents', amounts)
    .orderBy('id')
    .select<BankLineRow[]>();
  return rows.map(toLine);
}

async function countOf(trx: Knex.Transaction, lines: readonly NewBankLine[]): Promise<number> {
  const rows = await trx('bank_lines')
    .whereIn(
      'line_key',
      lines.map(({ lineKey }) => lineKey),
    )
    .select<{ id: number }[]>('id');
  return rows.length;
}

interface BankLineRow {
  readonly id: number | string;
  readonly line_key: string;
  readonly account: string;
  readonly booked_on: string;
  readonly cents: number | string;
  readonly currency: string;
  readonly payer: string;
  readonly purpose: string;
  readonly state: BankLineState;
  readonly order_id: number | string | null;
  readonly imported_at: number | string;
  readonly file_name: string | null;
}

function toLine(row: BankLineRow): BankLine {
  return {
    id: String(row.id),
    lineKey: row.line_key,
    account: row.account,
    bookedOn: row.booked_on,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    payer: row.payer,
    purpose: row.purpose,
    state: row.state,
    orderId: row.order_id === null ? null : String(row.order_id),
    importedAt: toSafeInteger(row.imported_at),
    fileName: row.file_name,
  };
}
