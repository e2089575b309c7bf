import { refundNumbersIn, type StatementLine } from '../../../core/sale/bank-statement.ts';
import type { Author } from '../../../platform/data/act.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { refundByNumber } from '../../accounting/refunds/refund-list-service.ts';
import { payRefund } from '../../accounting/refunds/refund-service.ts';

/**
 * Debits of a statement that name a refund and have its amount to the cent: the bank has paid it. What was paid before,
 * names several, or has another amount changes nothing. How many refunds are paid now.
 */
export async function payNamedRefunds(
  database: Database,
  author: Author,
  debits: readonly StatementLine[],
): Promise<number> {
  let paid = 0;
  for (const line of debits) {
    const [number, ...others] = refundNumbersIn(line.purpose);
    if (number === undefined || others.length > 0) continue;
    const refund = await refundByNumber(database.knex, number);
    if (refund === null || refund.cents !== line.cents || refund.currency !== line.currency) continue;
    if (refund.way !== 'transfer' || (refund.state !== 'open' && refund.state !== 'ordered')) continue;
    const payment = { paidOn: line.bookedOn, reference: line.purpose.slice(0, 200) };
    try {
      await inTransaction(database, (trx) => payRefund({ trx, ...author }, refund.id, 'transfer', payment));
      paid += 1;
    } catch (error) {
      // Somebody was faster, or the day is nobody's to tell: it stays as it is, for a person.
      if (!(error instanceof AppError)) throw error;
    }
  }
  return paid;
}
