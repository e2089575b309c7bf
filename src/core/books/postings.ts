import type { Funding, VoucherType } from '../engine/voucher.ts';
import type { PostingRole } from './account-role.ts';
import type { LedgerEvent } from './ledger-event.ts';

/** One movement between two roles of the chart of accounts: debit (Soll) an credit (Haben), cents > 0. */
export interface Posting {
  readonly event: LedgerEvent;
  readonly debitRole: PostingRole;
  readonly creditRole: PostingRole;
  readonly cents: number;
}

export const PAYMENT_METHODS = ['bank_transfer', 'cash', 'online', 'other'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/**
 * How money was taken: told by somebody, or `till`, into the drawer of an open till, which says so by itself. Cash that
 * nobody put into a drawer is not in the till: it waits on CASH_OFFICE until it is brought there or to the bank.
 */
export type TakenBy = PaymentMethod | 'till';

/**
 * How a voucher was paid where a day of payment is told and no way: form, API, campaign and bulk alike. Nobody knows where
 * the money is, so it is under way (TRANSIT) until the accountant finds it. Source: accounting.md 1.6.
 */
export const DEFAULT_PAYMENT_METHOD: PaymentMethod = 'other';

/** What the postings of a voucher depend on. */
export interface PostedVoucher {
  readonly type: VoucherType;
  readonly funding: string | null;
}

/**
 * The role on which a voucher's own value stands, so that its balance is credits less debits there; null: it stores none.
 * A goodwill settlement is no liability at issue, so its value stands on a memo role that is never exported.
 * Source: accounting.md 1.5 to 1.7.
 */
export function valueRoleOf(type: VoucherType, funding: string | null): PostingRole | null {
  if (type === 'purchase') return 'V_KAUF';
  if (type !== 'settlement') return null;
  if (funding === 'credit') return 'V_CREDIT';
  return funding === 'goodwill' ? 'MEMO_GOODWILL' : 'V_VERR';
}

/** The roles that a voucher's balance is the sum of: a purchase that was sold with a bonus has a part of it on the memo role (K3). */
export function storedRolesOf(type: VoucherType, funding: string | null): readonly PostingRole[] {
  const role = valueRoleOf(type, funding);
  if (role === null) return [];
  return role === 'V_KAUF' ? [role, 'MEMO_GOODWILL'] : [role];
}

/** The role on which what is owed for a voucher stands: its own value, or what a partner was paid for a deal. null: nothing is owed. */
export function owedRoleOf(type: VoucherType, funding: string | null): PostingRole | null {
  return type === 'deal' ? 'V_DEAL' : valueRoleOf(type, funding);
}

/** K2, V1, V2, V3: a voucher with stored value is paid or issued. 100,00 sold by bank transfer: BANK an V_KAUF 100,00. */
export function postingsOfIssue(voucher: PostedVoucher, cents: number, method: TakenBy): Posting[] {
  if (voucher.type === 'purchase')
    return [{ event: 'sale', debitRole: moneyRole(method), creditRole: 'V_KAUF', cents }];
  if (voucher.type !== 'settlement') return [];
  return [
    {
      event: 'issue',
      debitRole: fundingRole(voucher.funding as Funding | null),
      creditRole: valueRole(voucher),
      cents,
    },
  ];
}

/**
 * A voucher taken over from another system: what is left on it is owed from now on. No money moves and nothing is
 * earned: what was redeemed before stays in the old books, so only the rest is posted, against the opening balance.
 * 40,00 left of a purchase of 100,00: OPENING an V_KAUF 40,00.
 */
export function postingsOfMigration(voucher: PostedVoucher, restCents: number): Posting[] {
  const role = valueRoleOf(voucher.type, voucher.funding);
  if (role === null || restCents === 0) return [];
  return [
    {
      event: 'migrated',
      debitRole: role === 'MEMO_GOODWILL' ? 'MEMO_GOODWILL_CONTRA' : 'OPENING',
      creditRole: role,
      cents: restCents,
    },
  ];
}

/**
 * K12: money is added to a voucher that is owed, the way the money came, whatever the voucher was issued for. 50,00 in cash
 * on a refund claim, at the till: CASH an V_VERR 50,00. Throws where no money may stand on it. Source: accounting.md K12 and 9.
 */
export function postingsOfTopUp(voucher: PostedVoucher, cents: number, method: TakenBy): Posting[] {
  if (!takesMoney(voucher)) throw new Error('a voucher that is not owed takes no money');
  return [{ event: 'top_up', debitRole: moneyRole(method), creditRole: valueRole(voucher), cents }];
}

/** Whether money can be added: goodwill is owed to nobody, and a discount or a deal stores no value. */
export function takesMoney({ type, funding }: PostedVoucher): boolean {
  const role = valueRoleOf(type, funding);
  return role !== null && role !== 'MEMO_GOODWILL';
}

/**
 * How a discount is shown in the books: `net`, the trip is invoiced at the lower price and nothing is posted; or `gross`,
 * price and discount stand beside each other (R3). Source: accounting.md 1.9.
 */
export const DISCOUNT_METHODS = ['net', 'gross'] as const;
export type DiscountMethod = (typeof DISCOUNT_METHODS)[number];

/**
 * K4, D2, V4: the voucher pays the traveller's debt. 60,00 of a purchase: V_KAUF an DEBITOR 60,00. A discount posts
 * nothing in the net method, and RABATT an DEBITOR in the gross one.
 */
export function postingsOfRedemption(voucher: PostedVoucher, cents: number, method: DiscountMethod = 'net'): Posting[] {
  return redemptionLegs(voucher, method).map(([debitRole, creditRole]) => ({
    event: 'redemption',
    debitRole,
    creditRole,
    cents,
  }));
}

/** K6, D6, V4, R4: value goes back to the voucher; the counter entries of the redemption, in the method it was posted with. */
export function postingsOfReversal(voucher: PostedVoucher, cents: number, method: DiscountMethod = 'net'): Posting[] {
  return redemptionLegs(voucher, method).map(([debitRole, creditRole]) => ({
    event: 'redemption_reversal',
    debitRole: creditRole,
    creditRole: debitRole,
    cents,
  }));
}

/**
 * K8, V5: cancelled, and the balance is owed in money until somebody has paid it, however it once came in. 40,00 left of
 * a purchase: V_KAUF an DEBITOR 40,00, and once it is paid `postingsOfRefundPaid`. Goodwill was owed to nobody.
 */
export function postingsOfRefund(voucher: PostedVoucher, cents: number): Posting[] {
  const role = valueRole(voucher);
  const creditRole = role === 'MEMO_GOODWILL' ? 'MEMO_GOODWILL_CONTRA' : 'DEBITOR';
  return [{ event: 'refund', debitRole: role, creditRole, cents }];
}

/**
 * K9: a voucher is ended whose money the provider has taken back, so what is left of it is no longer owed and lowers the
 * claim on the buyer. 40,00 left: V_KAUF an DEBITOR 40,00.
 */
export function postingsOfChargeback(voucher: PostedVoucher, cents: number): Posting[] {
  return [{ event: 'chargeback', debitRole: valueRole(voucher), creditRole: 'DEBITOR', cents }];
}

/** The dispute was won, so what was ended is owed again. DEBITOR an V_KAUF 40,00. */
export function postingsOfChargebackReversal(voucher: PostedVoucher, cents: number): Posting[] {
  return [{ event: 'chargeback_reversal', debitRole: 'DEBITOR', creditRole: valueRole(voucher), cents }];
}

/** K11: the balance leaves the old voucher; the role TRANSFER is zero again when it has come in. */
export function postingsOfTransferOut(voucher: PostedVoucher, cents: number): Posting[] {
  return [{ event: 'transfer_out', debitRole: owedRole(voucher), creditRole: 'TRANSFER', cents }];
}

/** K11: the balance comes in on the new voucher. */
export function postingsOfTransferIn(voucher: PostedVoucher, cents: number): Posting[] {
  return [{ event: 'transfer_in', debitRole: 'TRANSFER', creditRole: owedRole(voucher), cents }];
}

function owedRole(voucher: PostedVoucher): PostingRole {
  return voucher.type === 'deal' ? 'V_DEAL' : valueRole(voucher);
}

/** The same where there is one; throws for a voucher that stores no value. */
export function valueRole(voucher: PostedVoucher): PostingRole {
  const role = valueRoleOf(voucher.type, voucher.funding);
  if (role === null) throw new Error('a voucher without stored value has no value role');
  return role;
}

/** Where the difference of a correction is: with the traveller, or in money under way. Never a revenue account. */
export const CORRECTION_ROLES = ['DEBITOR', 'TRANSIT'] as const;
export type CorrectionRole = (typeof CORRECTION_ROLES)[number];

/**
 * K17: the value of a voucher was wrong, such as by a typing error. 90,00 typed where 100,00 were paid: a change of
 * 1000 posts DEBITOR an V_KAUF 10,00; the other way round V_KAUF an DEBITOR. Source: accounting.md 1.7.
 */
export function postingsOfCorrection(voucher: PostedVoucher, change: number, counter: CorrectionRole): Posting[] {
  const role = valueRole(voucher);
  const other = role === 'MEMO_GOODWILL' ? 'MEMO_GOODWILL_CONTRA' : counter;
  const [debitRole, creditRole] = change > 0 ? ([other, role] as const) : ([role, other] as const);
  return [{ event: 'correction', debitRole, creditRole, cents: Math.abs(change) }];
}

function redemptionLegs(voucher: PostedVoucher, method: DiscountMethod): (readonly [PostingRole, PostingRole])[] {
  if (voucher.type === 'discount') return method === 'net' ? [] : [['RABATT', 'DEBITOR']];
  if (voucher.type === 'deal') return [['DEAL_CLEARING', 'DEBITOR']];
  const role = valueRole(voucher);
  if (role !== 'MEMO_GOODWILL') return [[role, 'DEBITOR']];
  return [
    [role, 'MEMO_GOODWILL_CONTRA'],
    ['RABATT', 'DEBITOR'],
  ];
}

function fundingRole(funding: Funding | null): PostingRole {
  switch (funding) {
    case 'legal_claim':
      return 'RABATT';
    case 'goodwill':
      return 'MEMO_GOODWILL_CONTRA';
    case 'refund_conversion':
    case 'transfer':
    case 'credit':
    case null:
      return 'DEBITOR';
  }
}

/** Where money of this method stands. */
export function moneyRole(method: TakenBy): PostingRole {
  switch (method) {
    case 'bank_transfer':
      return 'BANK';
    case 'till':
      return 'CASH';
    case 'cash':
      return 'CASH_OFFICE';
    case 'online':
    case 'other':
      return 'TRANSIT';
  }
}
