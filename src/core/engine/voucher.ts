import type { RejectedCode, TraceCheck } from './rejection.ts';
/**
 * The shapes the engine works on. Money is integer minor units (cents), a percentage is basis points (12.5 % = 1250),
 * a day is `YYYY-MM-DD` in the business time zone. Source of every rule: engine.md.
 */

export const VOUCHER_TYPES = ['discount', 'deal', 'purchase', 'settlement'] as const;
export type VoucherType = (typeof VOUCHER_TYPES)[number];

export const MULTIPLIERS = ['booking', 'pax', 'adult', 'child'] as const;
export type Multiplier = (typeof MULTIPLIERS)[number];

export const CHANNELS = ['web', 'counter', 'partner'] as const;
export type Channel = (typeof CHANNELS)[number];

export const ENTRIES = ['booking_flow', 'deal_page'] as const;
export type Entry = (typeof ENTRIES)[number];

export const DEAL_ENTRIES = ['deal_page', 'booking_flow', 'both'] as const;
export type DealEntry = (typeof DEAL_ENTRIES)[number];

/** Why a settlement was made, as people choose it. */
export const CHOOSABLE_FUNDINGS = ['refund_conversion', 'legal_claim', 'goodwill', 'transfer'] as const;
/** `credit`: what a redemption left of another voucher, put on the customer's credit. Nobody chooses it. */
export const FUNDINGS = [...CHOOSABLE_FUNDINGS, 'credit'] as const;
export type Funding = (typeof FUNDINGS)[number];

export const RESIDUALS = ['keep', 'forfeit', 'credit', 'reissue'] as const;
export type Residual = (typeof RESIDUALS)[number];

export const TRAVELLER_KINDS = ['adult', 'child', 'infant'] as const;
export type TravellerKind = (typeof TRAVELLER_KINDS)[number];

export interface Customer {
  readonly id?: string | null;
  readonly email?: string | null;
}

export interface Traveller {
  readonly id?: string | null;
  readonly kind: TravellerKind;
  readonly price?: number | null;
}

export interface Booking {
  readonly currency: string;
  readonly tripPrice: number;
  readonly nonDiscountable: number;
  readonly travellers: readonly Traveller[];
  readonly product: string | null;
  readonly themes: readonly string[];
  /** The regions the trip names and all their ancestors in the region tree (the caller expands them). */
  readonly regions: readonly string[];
  readonly brand: string | null;
  readonly partner: string | null;
  readonly channel: Channel;
  readonly entry: Entry;
  readonly departure: string | null;
  readonly customer: Customer | null;
  readonly reference: string | null;
}

/** One of `amount` (cents) and `basisPoints` is a number, the other is null. */
export interface Tier {
  readonly minTripPrice: number;
  readonly amount: number | null;
  readonly basisPoints: number | null;
}

export interface IncludeExclude {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface Restrictions {
  readonly products: IncludeExclude;
  readonly themes: IncludeExclude;
  readonly regions: IncludeExclude;
  readonly brand: string | null;
  readonly partner: string | null;
  /** Empty: every channel. */
  readonly channels: readonly Channel[];
  readonly customer: Customer | null;
  readonly minTravellers: number | null;
}

export interface Deal {
  readonly paysInFull: boolean;
  readonly entry: DealEntry;
  readonly invoicePartner: boolean;
  readonly partnerPrice: number | null;
}

/** What a voucher, or a campaign for all its codes, says about worth and use; the same for a million codes of one campaign. */
export interface VoucherRules {
  readonly type: VoucherType;
  readonly title: string;
  readonly currency: string;
  readonly multiplier: Multiplier;
  /** Ascending by minTripPrice. */
  readonly tiers: readonly Tier[];
  readonly maxAmount: number | null;
  readonly bookFrom: string | null;
  readonly bookUntil: string | null;
  readonly travelFrom: string | null;
  readonly travelUntil: string | null;
  readonly restrictions: Restrictions;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly exclusive: boolean;
  readonly deal: Deal | null;
}

/** The campaign of a code as one evaluation sees it. */
export interface CampaignState {
  readonly id: string;
  readonly active: boolean;
  readonly paidOn: string | null;
  /** null: no budget. Redeemed and not reversed amounts. */
  readonly budget: number | null;
  readonly budgetUsed: number;
  /** Amounts of this campaign held by other bookings. */
  readonly budgetHeldByOthers: number;
}

/** One code with its rules and its present state: all that the engine knows of it. */
export interface Voucher extends VoucherRules {
  readonly id: string;
  /** As stored and shown. */
  readonly code: string;
  readonly normalisedCode: string;
  readonly paidOn: string | null;
  readonly isCancelled: boolean;
  readonly isDeactivated: boolean;
  readonly campaign: CampaignState | null;
  /** Stored value (purchase and settlement), before any hold is left aside; null for the other types. */
  readonly balance: number | null;
  /** Stored value held by other bookings. */
  readonly heldByOthers: number;
  /** Redemptions that still count. */
  readonly uses: number;
  readonly usesHeldByOthers: number;
  /** Redemptions that still count by the customer of this booking; 0 when the booking names none. */
  readonly usesByCustomer: number;
}

export interface CodeEntry {
  /** As typed. */
  readonly code: string;
  /** Caps what the code may apply (cents > 0); null: no cap. */
  readonly atMost: number | null;
}

export interface StackingPolicy {
  readonly maxVouchers: number;
  readonly maxPerType: Readonly<Record<VoucherType, number | null>>;
  readonly forbiddenPairs: readonly (readonly [VoucherType, VoucherType])[];
  readonly maxPerCampaign: number;
  readonly strategy: 'best' | 'entered';
  readonly discountOrder: 'percent_first' | 'amount_first';
  readonly percentBase: 'original' | 'remaining';
}

export const DEFAULT_STACKING_POLICY: StackingPolicy = {
  maxVouchers: 1,
  maxPerType: { discount: null, deal: null, purchase: null, settlement: null },
  forbiddenPairs: [],
  maxPerCampaign: 1,
  strategy: 'best',
  discountOrder: 'percent_first',
  percentBase: 'original',
};

/** A family of generated codes: a fixed prefix and the length of the generated part, its check character included. */
export interface CodeShape {
  readonly prefix: string;
  readonly length: number;
}

export interface AllocationShare {
  /** Index in booking.travellers; null: the part of no traveller. */
  readonly traveller: number | null;
  readonly amount: number;
}

/** One step of the way to an amount: a key and its figures, so that it can be shown in German or English. */
export interface ExplanationStep {
  readonly key: string;
  readonly [figure: string]: string | number | null;
}

export interface AcceptedCode {
  readonly code: string;
  readonly voucherId: string;
  readonly type: VoucherType;
  readonly title: string;
  readonly kind: 'discount' | 'payment';
  readonly applied: number;
  /** What of it nobody paid for, once it is redeemed. */
  readonly bonus?: number;
  /** Only for stored value. */
  readonly availableBefore?: number;
  readonly availableAfter?: number;
  readonly bookUntil: string | null;
  readonly allocation: readonly AllocationShare[];
  readonly explanation: readonly ExplanationStep[];
}

export interface Alternative {
  readonly codes: readonly string[];
  readonly payable: number;
  readonly storedValueUsed: number;
}

export interface CodeTrace {
  readonly code: string;
  readonly checks: readonly TraceCheck[];
}

export interface Evaluation {
  readonly currency: string;
  readonly tripPrice: number;
  readonly discount: number;
  readonly payment: number;
  readonly payable: number;
  readonly storedValueUsed: number;
  readonly paymentRequired: boolean;
  readonly accepted: readonly AcceptedCode[];
  readonly rejected: readonly RejectedCode[];
  readonly alternatives: readonly Alternative[];
  readonly trace?: readonly CodeTrace[];
}
