import { postingOfCashOpening } from '../../../core/sale/till-postings.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { sumOfDocuments } from '../../accounting/ledger/ledger-service.ts';
import { moveSubject, subjectFor } from '../../accounting/ledger/ledger-subject-service.ts';
import { totals } from '../../accounting/ledger/totals-service.ts';
import { issueReceipt, takeReceiptNumber } from '../../accounting/receipts/receipt-service.ts';
import {
  findDocumentsOfShift,
  insertOpening,
  listOpenings,
  sumDrawers,
  type CashOpening,
  type CurrencySum,
} from './cash-account-store.ts';

export type { CashOpening };

const MAX_OPENINGS = 50;

/** Drawers and account side by side, in one currency. */
export interface CashComparison {
  readonly currency: string;
  readonly inDrawers: number;
  readonly inAccount: number;
  /** Drawers less account: 0, unless money lay in a drawer before the books followed it. */
  readonly difference: number;
  /** By which step the two agree; null: they always did, or do not yet. */
  readonly opening: CashOpening | null;
}

export async function compareCash(connection: Connection): Promise<CashComparison[]> {
  const openings = await listOpenings(connection, MAX_OPENINGS);
  return comparisons(await sumDrawers(connection, 'free'), await cashInAccount(connection), openings);
}

/** What the account shows of the movements of one shift. */
export async function shiftInAccount(connection: Connection, shiftId: string): Promise<number> {
  return sumOfDocuments(connection, 'CASH', await findDocumentsOfShift(connection, shiftId));
}

/**
 * Takes over into the account what lies in the drawers from before the books followed the till. A person decides it and
 * says why, once for each difference; `expected` is the difference that was shown, so that nothing else is posted.
 */
export async function takeOverCash(
  database: Database,
  author: Author,
  wish: { readonly currency: string; readonly expected: number; readonly reason: string },
): Promise<CashOpening> {
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const drawers = await sumDrawers(trx, 'locked');
    const found = comparisons(drawers, await cashInAccount(trx), []).find(({ currency }) => currency === wish.currency);
    if (found === undefined || found.difference === 0 || found.difference !== wish.expected) throw appError('conflict');
    return post(act, found, wish.reason);
  });
}

async function post(act: Act, { currency, inDrawers, inAccount, difference }: CashComparison, reason: string) {
  const { trx, actor, moment } = act;
  const kind = {
    kind: 'till',
    name: `KASSE-${currency}`,
    subjectId: `cash-${currency}`,
    brand: null,
    currency,
  } as const;
  const subject = await subjectFor(trx, kind);
  const documentNumber = await takeReceiptNumber(act);
  const move = { postings: [postingOfCashOpening(difference)], postedOn: moment.today, reason, documentNumber };
  await moveSubject(act, subject, [move], 'no_item');
  const opening = { currency, inDrawers, inAccount, documentNumber, reason, actor, postedOn: moment.today };
  await insertOpening(trx, { ...opening, recordedAt: moment.now });
  await issueReceipt(act, documentNumber, {
    kind: 'opening',
    currency,
    cents: difference,
    voucherId: null,
    orderId: null,
    voucherIds: [],
    content: { businessTypes: ['Anfangsbestand'], note: reason },
  });
  const changes = { currency, inDrawers, inAccount, document: documentNumber, reason };
  await writeAudit(trx, [
    { recordedAt: moment.now, actor, action: 'till.take_over', entity: 'till_shift', entityId: currency, changes },
  ]);
  return { ...opening, recordedAt: moment.now };
}

async function cashInAccount(connection: Connection): Promise<CurrencySum[]> {
  const sums = new Map<string, number>();
  for (const { debitRole, creditRole, currency, cents } of await totals(connection, { from: null, to: null })) {
    const change = (debitRole === 'CASH' ? cents : 0) - (creditRole === 'CASH' ? cents : 0);
    if (change !== 0) sums.set(currency, (sums.get(currency) ?? 0) + change);
  }
  return [...sums].map(([currency, cents]) => ({ currency, cents }));
}

function comparisons(
  drawers: readonly CurrencySum[],
  account: readonly CurrencySum[],
  openings: readonly CashOpening[],
): CashComparison[] {
  const centsOf = (sums: readonly CurrencySum[], currency: string): number =>
    sums.find((one) => one.currency === currency)?.cents ?? 0;
  const currencies = new Set([...drawers, ...account].map(({ currency }) => currency));
  return [...currencies].sort().map((currency) => {
    const [inDrawers, inAccount] = [centsOf(drawers, currency), centsOf(account, currency)];
    const opening = openings.find((one) => one.currency === currency) ?? null;
    return { currency, inDrawers, inAccount, difference: inDrawers - inAccount, opening };
  });
}
