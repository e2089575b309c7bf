import { bonusOf, givenAwayOf, withBonusApart } from '../../../core/books/bonus.ts';
import { postingsOfRedemption } from '../../../core/books/postings.ts';
import type { AcceptedCode, Booking } from '../../../core/engine/voucher.ts';
import type { Act } from '../../../platform/data/act.ts';
import { chainEntries } from '../../accounting/ledger/ledger-service.ts';
import type { BudgetMove } from '../../campaigns/record/campaign-row.ts';
import type { VoucherMove } from '../../vouchers/rows/redeemed-row.ts';
import { settleRest } from '../../vouchers/succession/voucher-residual-service.ts';
import { customerEmailOf, type EvaluatedBooking } from '../quotes/evaluation-service.ts';
import type { StoredVoucher } from '../quotes/evaluation-store.ts';
import type { BookingMove } from './booking-store.ts';
import { requestPartnerInvoices } from './partner-invoice-request-service.ts';
import {
  insertRedemption,
  writeRedemption,
  type NewRedemption,
  type Redemption,
  type RedemptionWrites,
} from './redemption-store.ts';
import { requestRestMail } from './rest-mail-request-service.ts';

/** What was found possible under the locks. */
export interface PlannedRedemption extends Pick<NewRedemption, 'bookingNumber' | 'owner' | 'holdId'> {
  readonly booking: Booking;
  readonly evaluated: EvaluatedBooking;
  readonly bookingMove: BookingMove;
}

interface Used {
  readonly accepted: AcceptedCode;
  readonly voucher: StoredVoucher;
}

/** Rows, entries, rests and what is asked for afterwards. */
export async function writePlanned(act: Act, planned: PlannedRedemption): Promise<Redemption> {
  const { trx, actor, moment } = act;
  const { booking, bookingNumber, owner, holdId, evaluated } = planned;
  const evaluation = withBonus(evaluated);
  const { vouchers } = evaluated;
  const fields: NewRedemption = {
    bookingNumber,
    owner,
    holdId,
    booking,
    customerId: booking.customer?.id ?? null,
    customerEmail: customerEmailOf(booking),
    evaluation,
    actor,
    redeemedAt: moment.now,
  };
  const redemption = { id: await insertRedemption(trx, fields, planned.bookingMove), ...fields };
  const used = evaluation.accepted.map((accepted) => ({ accepted, voucher: seen(vouchers, accepted) }));
  await writeRedemption(trx, writesOf(act, redemption, evaluated, used));
  await settleRests(act, redemption, used);
  if (used.some(({ voucher }) => voucher.type === 'deal' && voucher.restrictions.partner !== null)) {
    const request = { redemptionId: redemption.id, cause: `redemption:${redemption.id}` };
    await requestPartnerInvoices(trx, request, actor, moment.now);
  }
  return redemption;
}

/** The booking's side takes the price that was paid as the base of VAT and margin, so it is told of each payment. */
function withBonus({ evaluation, vouchers }: EvaluatedBooking): EvaluatedBooking['evaluation'] {
  const accepted = evaluation.accepted.map((one) => {
    if (one.kind !== 'payment') return one;
    const voucher = seen(vouchers, one);
    const step = { balance: voucher.balance ?? 0, applied: one.applied };
    return { ...one, bonus: givenAwayOf(voucher, voucher.bonus, step) };
  });
  return { ...evaluation, accepted };
}

function writesOf(
  act: Act,
  redemption: Redemption,
  evaluated: EvaluatedBooking,
  used: readonly Used[],
): RedemptionWrites {
  const moved = used.map((one) => moveOf(act, redemption, evaluated, one));
  const deals = used.filter(({ voucher }) => voucher.type === 'deal');
  return {
    redemptionId: redemption.id,
    redemption,
    campaignIds: new Map(used.map(({ voucher }) => [voucher.id, voucher.campaign?.id ?? null])),
    dealPartners: new Map(deals.map(({ voucher }) => [voucher.id, voucher.restrictions.partner])),
    moves: moved.map(({ move }) => move),
    budgets: budgetsAfter(used),
    ledgerRows: moved.flatMap(({ rows }) => rows),
    audit: {
      recordedAt: act.moment.now,
      actor: act.actor,
      action: 'redemption.create',
      entity: 'redemption',
      entityId: redemption.id,
      changes: {
        bookingNumber: redemption.bookingNumber,
        payable: redemption.evaluation.payable,
        vouchers: used.map(({ voucher }) => voucher.id),
      },
    },
  };
}

function moveOf(
  { actor, moment }: Act,
  redemption: Redemption,
  { evaluation, discountMethod }: EvaluatedBooking,
  { accepted, voucher }: Used,
): { readonly move: VoucherMove; readonly rows: RedemptionWrites['ledgerRows'] } {
  const { head, rows } = chainEntries(
    { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
    {
      currency: evaluation.currency,
      postedOn: moment.today,
      recordedAt: moment.now,
      actor,
      reason: null,
      bookingNumber: redemption.bookingNumber,
      redemptionId: redemption.id,
      reversalId: null,
    },
    withBonusApart(
      postingsOfRedemption(voucher, accepted.applied, discountMethod),
      voucher.bonus,
      voucher.balance ?? 0,
      -accepted.applied,
    ),
  );
  const balance = (voucher.balance ?? 0) - accepted.applied;
  const move = {
    voucherId: voucher.id,
    balance: voucher.balance === null ? null : balance,
    bonusBalance: voucher.bonus.bonus === 0 ? null : bonusOf(voucher.bonus, balance),
    uses: voucher.uses + 1,
    ledgerCount: head.count,
    ledgerHead: head.hash,
  };
  return { move, rows };
}

async function settleRests(act: Act, redemption: Redemption, used: readonly Used[]): Promise<void> {
  const { trx, actor, moment } = act;
  const { id, bookingNumber, booking } = redemption;
  for (const { accepted, voucher } of used) {
    const rest = (voucher.balance ?? 0) - accepted.applied - voucher.heldByOthers;
    if (voucher.residual === 'keep' || rest <= 0) continue;
    const of = { voucherId: voucher.id, rest, customer: booking.customer, redemption: { id, bookingNumber } };
    const restId = await settleRest(act, of);
    if (restId !== null) await requestRestMail(trx, { voucherId: restId, redemptionId: id }, actor, moment.now);
  }
}

function budgetsAfter(used: readonly Used[]): BudgetMove[] {
  const usedOf = new Map<string, number>();
  for (const { accepted, voucher } of used) {
    const { campaign } = voucher;
    if (campaign === null || campaign.budget === null) continue;
    usedOf.set(campaign.id, (usedOf.get(campaign.id) ?? campaign.budgetUsed) + accepted.applied);
  }
  return [...usedOf].map(([campaignId, budgetUsed]) => ({ campaignId, budgetUsed }));
}

function seen(vouchers: ReadonlyMap<string, StoredVoucher>, accepted: AcceptedCode): StoredVoucher {
  const voucher = vouchers.get(accepted.voucherId);
  if (voucher === undefined) throw new Error('the engine accepted a voucher it was not given');
  return voucher;
}
