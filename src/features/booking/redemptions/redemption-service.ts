import type { Moment } from '../../../platform/process/clock.ts';
import { bonusOf, withBonusApart } from '../../../core/books/bonus.ts';
import { postingsOfRedemption } from '../../../core/books/postings.ts';
import type { AcceptedCode, Booking, CodeEntry, Evaluation, VoucherType } from '../../../core/engine/voucher.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { idempotently, type IdempotentOutcome, type IdempotentRequest } from '../../../platform/data/idempotency.ts';
import { chainEntries } from '../../accounting/ledger/ledger-service.ts';
import { settleRest } from '../../vouchers/succession/voucher-residual-service.ts';
import { customerEmailOf, type EvaluatedBooking } from '../quotes/evaluation-service.ts';
import type { StoredVoucher } from '../quotes/evaluation-store.ts';
import { evaluateLocked } from '../holds/hold-service.ts';
import { findHeldVoucherIds, findHold } from '../holds/hold-store.ts';
import { requestPartnerInvoices } from './partner-invoice-request-service.ts';
import { requestRestMail } from './rest-mail-request-service.ts';
import {
  findRedemption,
  findRedemptionOfHold,
  findRedemptionsOfBooking,
  insertRedemption,
  writeRedemption,
  type Redemption,
} from './redemption-store.ts';
import type { BudgetMove } from '../../campaigns/record/campaign-row.ts';
import type { VoucherMove } from '../../vouchers/rows/redeemed-row.ts';

export type { Redemption };

/** Codes of a hold, or a booking with codes of its own. */
export type RedemptionSource =
  { readonly holdId: string } | { readonly booking: Booking; readonly codes: readonly CodeEntry[] };

export interface RedemptionInput {
  readonly source: RedemptionSource;
  readonly bookingNumber: string;
  readonly expectedPayable: number | null;
}

/** A value-bearing code pays: what the booking's side records as received (Zahlsatz). A discount is no payment. */
export interface PaymentRecord {
  readonly voucherId: string;
  readonly code: string;
  readonly type: VoucherType;
  readonly amount: number;
  readonly currency: string;
}

/** Answers that are kept for the idempotency key, so that a repeated request hears the same again. */
export type RedemptionOutcome =
  | { readonly kind: 'redeemed'; readonly redemption: Redemption }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly evaluation: Evaluation | null };

type RefusalCode = 'quote_changed' | 'codes_rejected' | 'already_redeemed' | 'not_found';

/** Redeems all accepted codes of a booking in one transaction, or nothing. */
export function redeem(
  database: Database,
  input: RedemptionInput,
  request: IdempotentRequest,
  actor: string,
  moment: Moment,
): Promise<IdempotentOutcome<RedemptionOutcome>> {
  return idempotently(database, request, moment.now, (trx) => redeemIn(trx, input, actor, moment));
}

export async function readRedemption(database: Database, id: string): Promise<Redemption> {
  const redemption = await findRedemption(database.knex, id);
  if (redemption === null) throw appError('not_found');
  return redemption;
}

/** The redemption a hold became; null: it became none. */
export function redemptionOfHold(database: Database, holdId: string): Promise<string | null> {
  return findRedemptionOfHold(database.knex, holdId);
}

export function readRedemptionsOfBooking(database: Database, bookingNumber: string): Promise<Redemption[]> {
  return findRedemptionsOfBooking(database.knex, bookingNumber);
}

export function paymentsOf(evaluation: Evaluation): PaymentRecord[] {
  return evaluation.accepted
    .filter((accepted) => accepted.kind === 'payment')
    .map(({ voucherId, code, type, applied }) => ({
      voucherId,
      code,
      type,
      amount: applied,
      currency: evaluation.currency,
    }));
}

interface Intent {
  readonly booking: Booking;
  readonly codes: readonly CodeEntry[];
  readonly holdId: string | null;
  /** Vouchers that the hold had accepted: each must still be. */
  readonly heldVoucherIds: readonly string[];
}

/** The same inside of a larger use case, which sees to it that it happens once. */
export async function redeemIn(
  trx: Transaction,
  input: RedemptionInput,
  actor: string,
  moment: Moment,
): Promise<RedemptionOutcome> {
  const intent = await intentOf(trx, input.source);
  if ('refusal' in intent) return { kind: 'refused', code: intent.refusal, evaluation: null };
  const evaluated = await evaluateLocked(trx, intent.booking, intent.codes, moment);
  const refusal = refusalOf(input, intent, evaluated.evaluation);
  if (refusal !== null) return { kind: 'refused', code: refusal, evaluation: evaluated.evaluation };
  return { kind: 'redeemed', redemption: await write(trx, input, intent, evaluated, actor, moment) };
}

async function intentOf(
  trx: Transaction,
  source: RedemptionSource,
): Promise<Intent | { readonly refusal: RefusalCode }> {
  if (!('holdId' in source)) return { booking: source.booking, codes: source.codes, holdId: null, heldVoucherIds: [] };
  const hold = await findHold(trx, source.holdId, 'locked');
  if (hold === null)
    return { refusal: (await findRedemptionOfHold(trx, source.holdId)) !== null ? 'already_redeemed' : 'not_found' };
  const heldVoucherIds = await findHeldVoucherIds(trx, hold.id);
  return { booking: hold.booking, codes: hold.codes, holdId: hold.id, heldVoucherIds };
}

function refusalOf(input: RedemptionInput, intent: Intent, evaluation: Evaluation): RefusalCode | null {
  if (input.expectedPayable !== null) return evaluation.payable === input.expectedPayable ? null : 'quote_changed';
  if (intent.holdId === null) return evaluation.rejected.length === 0 ? null : 'codes_rejected';
  const accepted = new Set(evaluation.accepted.map(({ voucherId }) => voucherId));
  return intent.heldVoucherIds.every((id) => accepted.has(id)) ? null : 'quote_changed';
}

async function write(
  trx: Transaction,
  input: RedemptionInput,
  intent: Intent,
  { evaluation, vouchers, discountMethod }: EvaluatedBooking,
  actor: string,
  moment: Moment,
): Promise<Redemption> {
  const { booking, holdId } = intent;
  const fields = {
    bookingNumber: input.bookingNumber,
    holdId,
    booking,
    customerId: booking.customer?.id ?? null,
    customerEmail: customerEmailOf(booking),
    evaluation,
    actor,
    redeemedAt: moment.now,
  };
  const id = await insertRedemption(trx, fields);
  const used = evaluation.accepted.map((accepted) => ({ accepted, voucher: seen(vouchers, accepted) }));
  const chained = used.map(({ accepted, voucher }) =>
    chainEntries(
      { voucherId: voucher.id, count: voucher.ledgerCount, hash: voucher.ledgerHead },
      {
        currency: evaluation.currency,
        postedOn: moment.today,
        recordedAt: moment.now,
        actor,
        reason: null,
        bookingNumber: input.bookingNumber,
        redemptionId: id,
        reversalId: null,
      },
      withBonusApart(
        postingsOfRedemption(voucher, accepted.applied, discountMethod),
        voucher.bonus,
        voucher.balance ?? 0,
        -accepted.applied,
      ),
    ),
  );
  await writeRedemption(trx, {
    redemptionId: id,
    redemption: fields,
    campaignIds: new Map(used.map(({ voucher }) => [voucher.id, voucher.campaign?.id ?? null])),
    dealPartners: new Map(
      used
        .filter(({ voucher }) => voucher.type === 'deal')
        .map(({ voucher }) => [voucher.id, voucher.restrictions.partner]),
    ),
    moves: used.map(({ accepted, voucher }, index): VoucherMove => ({
      voucherId: voucher.id,
      balance: voucher.balance === null ? null : voucher.balance - accepted.applied,
      bonusBalance:
        voucher.bonus.bonus === 0 ? null : bonusOf(voucher.bonus, (voucher.balance ?? 0) - accepted.applied),
      uses: voucher.uses + 1,
      ledgerCount: chained[index]?.head.count ?? voucher.ledgerCount,
      ledgerHead: chained[index]?.head.hash ?? voucher.ledgerHead,
    })),
    budgets: budgetsAfter(used),
    ledgerRows: chained.flatMap(({ rows }) => rows),
    audit: {
      recordedAt: moment.now,
      actor,
      action: 'redemption.create',
      entity: 'redemption',
      entityId: id,
      changes: {
        bookingNumber: input.bookingNumber,
        payable: evaluation.payable,
        vouchers: used.map(({ voucher }) => voucher.id),
      },
    },
  });
  for (const { accepted, voucher } of used) {
    const rest = (voucher.balance ?? 0) - accepted.applied - voucher.heldByOthers;
    if (voucher.residual === 'keep' || rest <= 0) continue;
    const restId = await settleRest(
      { trx, actor, moment },
      {
        voucherId: voucher.id,
        rest,
        customer: booking.customer,
        redemption: { id, bookingNumber: input.bookingNumber },
      },
    );
    if (restId !== null) await requestRestMail(trx, { voucherId: restId, redemptionId: id }, actor, moment.now);
  }
  if (used.some(({ voucher }) => voucher.type === 'deal' && voucher.restrictions.partner !== null)) {
    await requestPartnerInvoices(trx, { redemptionId: id, cause: `redemption:${id}` }, actor, moment.now);
  }
  return { id, ...fields };
}

function budgetsAfter(
  used: readonly { readonly accepted: AcceptedCode; readonly voucher: StoredVoucher }[],
): BudgetMove[] {
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
