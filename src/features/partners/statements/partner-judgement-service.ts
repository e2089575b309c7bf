import { settlementOf } from '../../../core/books/partner-settlement.ts';
import type { Finding, StatementKind } from '../../../core/books/partner-model.ts';
import {
  judgeStatement,
  type KnownDeal,
  type KnownRedemption,
  type StatedDeal,
} from '../../../core/books/partner-statement.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { partnerDetails, type PartnerDetails } from '../../catalogue/partner-service.ts';
import { judgeSalesRows } from '../sales/partner-sales-service.ts';
import { findDealsOfCodes, findPartnersOf, findRedeemedDeals, type RedeemedDeal } from './partner-deal-store.ts';
import type { Statement } from './partner-statement-store.ts';

const CODES_PER_QUERY = 200;

export interface Judgement {
  readonly finding: Finding;
  readonly lineId: string | null;
  readonly expected: number | null;
}

type Judge = (trx: Transaction, partnerId: string, rows: readonly StatedDeal[]) => Promise<Judgement[]>;

const JUDGES: Readonly<Record<StatementKind, Judge>> = {
  settlement: judgePayments,
  sales: async (trx, partnerId, rows) =>
    (await judgeSalesRows(trx, partnerId, rows)).map((judgement) => ({ ...judgement, lineId: null })),
};

/** What each row turns out to be by what is in the books now, with what it says. */
export async function judgeRows<Row extends StatedDeal>(
  trx: Transaction,
  { kind, partnerId }: Statement,
  rows: readonly Row[],
): Promise<(Row & Judgement)[]> {
  const judgements = await JUDGES[kind](trx, partnerId, rows);
  return rows.map((row, index) => {
    const judgement = judgements[index];
    if (judgement === undefined) throw new Error('a row without a judgement');
    return { ...row, ...judgement };
  });
}

async function judgePayments(trx: Transaction, partnerId: string, rows: readonly StatedDeal[]): Promise<Judgement[]> {
  const details = await partnerDetails(trx, partnerId);
  const ids = [...new Set(rows.flatMap(({ deal }) => deal ?? []))];
  const deals = new Map<string, KnownDeal>();
  for (let start = 0; start < ids.length; start += CODES_PER_QUERY) {
    const part = ids.slice(start, start + CODES_PER_QUERY);
    const redeemed = await findRedeemedDeals(trx, part);
    const owners = await findPartnersOf(trx, part);
    for (const id of part) {
      const all = redeemed.filter(({ voucherId }) => voucherId === id);
      const own = all.filter((one) => one.partnerId === partnerId);
      // Whose deal it was when it was redeemed decides; before that, whose it is.
      const isOfPartner = all.length === 0 ? owners.get(id) === partnerId : own.length > 0;
      deals.set(id, { isOfPartner, redemptions: own.map((one) => knownRedemption(one, details)) });
    }
  }
  return judgeStatement(rows, deals);
}

export function knownRedemption(deal: RedeemedDeal, { commissionBasisPoints }: PartnerDetails): KnownRedemption {
  const counts = deal.applied - deal.reversed;
  const byContract = (): number =>
    settlementOf({ applied: deal.applied, redeemed: counts, agreedPrice: deal.agreedPrice, commissionBasisPoints })
      .owed;
  return {
    lineId: deal.lineId,
    counts,
    owed: deal.invoiceOwed ?? deal.clearingOwed ?? byContract(),
    isPaid: deal.invoiceIsPaid || deal.clearingIsPaid,
  };
}

/** The voucher of each code or voucher number as the file has it. */
export async function vouchersOf(trx: Transaction, codes: readonly string[]): Promise<Map<string, string>> {
  const texts = [...new Set(codes)];
  const found = new Map<string, string>();
  for (let start = 0; start < texts.length; start += CODES_PER_QUERY) {
    const part = texts.slice(start, start + CODES_PER_QUERY);
    const deals = await findDealsOfCodes(
      trx,
      part.map(normaliseCode),
      part.map((text) => text.toUpperCase()),
    );
    for (const text of part) {
      const deal =
        deals.find(({ normalisedCode }) => normalisedCode === normaliseCode(text)) ??
        deals.find(({ number }) => number === text.toUpperCase());
      if (deal !== undefined) found.set(text, deal.voucherId);
    }
  }
  return found;
}
