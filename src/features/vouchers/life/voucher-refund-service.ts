import type { Act } from '../../../platform/data/act.ts';
import { postingsOfChargeback, postingsOfRefund, valueRoleOf, type Posting } from '../../../core/books/postings.ts';
import type { RefundWay } from '../../../core/sale/refund.ts';
import { writeTogether } from '../../../platform/data/db.ts';
import { decideRefund, type OpenedRefund } from '../../accounting/refunds/refund-service.ts';
import { refundSource } from '../../accounting/refunds/refund-source-service.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import type { LockedVoucher } from '../record/voucher-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { valueWrites } from '../record/voucher-value-service.ts';

/** Money of a voucher that the payment provider took back for an order: it stands on that order's open item already. */
export interface TakenBackPart {
  readonly orderNumber: string;
  readonly openItemId: string;
  readonly cents: number;
}

/** By chargebacks of these orders, and what was refunded at the provider itself. */
export interface TakenBackCents {
  readonly charged: readonly TakenBackPart[];
  readonly refunded: TakenBackPart;
}

/** Makes the task of paying so many cents back, or adds them to the one there is. */
export type RefundOpening = (act: Act, cents: number) => Promise<OpenedRefund>;

export interface Payout {
  readonly reason: string;
  readonly takenBack: TakenBackCents | null;
  /** Of a larger refund; null: of this voucher alone. */
  readonly opening: RefundOpening | null;
}

/** The whole balance is owed in money: a person gets the task of transferring it, however it once came in. */
export async function payOutByHand(act: Act, voucher: LockedVoucher, reason: string): Promise<void> {
  const opening = openingOf(voucher, reason, 'transfer');
  await payOut(act, voucher, { reason, takenBack: null, opening });
}

/**
 * Ends the voucher; its whole balance is owed in money, as the task of paying it back in the way it came. What the
 * payment provider has taken already is nobody's task: it lowers what the buyer owes.
 */
export async function payOut(act: Act, voucher: LockedVoucher, { reason, takenBack, opening }: Payout): Promise<void> {
  const { moment } = act;
  const { record, rules } = voucher;
  const { moves, rest } = movesOf(record, rules, takenBack);
  const isOwed = rest > record.bonusBalance && valueRoleOf(record.type, rules.funding) !== 'MEMO_GOODWILL';
  const open = opening ?? openingOf(voucher, reason, null);
  const refund = isOwed ? await open(act, rest - record.bonusBalance) : null;
  const rests = rest === 0 ? [] : postingsOfRefund({ type: record.type, funding: rules.funding }, rest);
  // What a run has taken of a derecognised voucher can still be honoured.
  const ended = record.isDerecognised ? {} : { refunded_at: moment.now, cancelled_at: moment.now };
  const all = [...moves, ...rests.map((posting) => ({ posting, ...itemOf(refund) }))];
  const values = await valueWrites(
    act,
    all.map(({ posting, documentNumber, openItemId }, index) => ({
      voucher: record,
      currency: rules.currency,
      change: -posting.cents,
      postings: [posting],
      postedOn: moment.today,
      reason,
      documentNumber,
      ...(openItemId === null ? {} : { openItemId }),
      columns: index === all.length - 1 ? ended : {},
    })),
  );
  await writeTogether(act.trx, [...(refund?.writes ?? []), ...values]);
}

interface RefundMove {
  readonly posting: Posting;
  readonly documentNumber: string | null;
  readonly openItemId: string | null;
}

function itemOf(refund: OpenedRefund | null): Pick<RefundMove, 'documentNumber' | 'openItemId'> {
  return { documentNumber: refund?.number ?? null, openItemId: refund?.openItemId ?? null };
}

/** What the provider has taken back, and the `rest` that is to be paid. */
function movesOf(
  record: VoucherRecord,
  rules: StoredRules,
  takenBack: TakenBackCents | null,
): { readonly moves: readonly RefundMove[]; readonly rest: number } {
  const voucher = { type: record.type, funding: rules.funding };
  if (takenBack === null) return { moves: [], rest: record.balance ?? 0 };
  // A bonus ends with the voucher: it was given away, so nobody is paid it.
  if (record.bonusValue > 0) throw new Error('the shop sells no voucher with a bonus');
  let left = record.balance ?? 0;
  const moves: RefundMove[] = [];
  const take = (part: TakenBackPart, postingsOf: (cents: number) => Posting[]): void => {
    const cents = Math.min(left, part.cents);
    left -= cents;
    const { orderNumber: documentNumber, openItemId } = part;
    if (cents > 0) moves.push(...postingsOf(cents).map((posting) => ({ posting, documentNumber, openItemId })));
  };
  for (const part of takenBack.charged) take(part, (cents) => postingsOfChargeback(voucher, cents));
  take(takenBack.refunded, (cents) => postingsOfRefund(voucher, cents));
  return { moves, rest: left };
}

function openingOf({ record, rules }: LockedVoucher, reason: string, way: RefundWay | null): RefundOpening {
  return async (act, cents) => {
    const { voucherNumber: number, ...source } = await refundSource(act.trx, record.id);
    return decideRefund(act, {
      origin: 'voucher',
      ...source,
      way: way ?? source.way,
      cents,
      currency: rules.currency,
      voucher: { id: record.id, number },
      partnerId: null,
      lineId: null,
      reason,
      brand: rules.restrictions.brand,
      openItem: null,
    });
  };
}
