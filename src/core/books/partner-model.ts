import { SALES_FINDINGS, type SalesFinding } from './deal-sale.ts';
import { STATEMENT_FINDINGS, type StatementFinding } from './partner-statement.ts';

/** What a partner's file is about: what it pays for redeemed codes, or what it sold for us. */
export type StatementKind = 'settlement' | 'sales';

/** What a row of a partner's file turns out to be, of either kind. */
export type Finding = StatementFinding | SalesFinding;

interface PartnerModel {
  /** What the partner's own file tells us. */
  readonly file: StatementKind;
  /** What is owed for a redemption is charged by an invoice of ours; if not, the sale the partner reported covers it. */
  readonly makesInvoices: boolean;
}

/**
 * How a partner's deals are settled. Source: accounting.md 5. `settlement`: the partner has the holder's money and pays
 * for what was redeemed. `agency`: it sells our voucher for us, reports the sale and passes the price on less its commission.
 */
export const PARTNER_MODELS = {
  settlement: { file: 'settlement', makesInvoices: true },
  agency: { file: 'sales', makesInvoices: false },
} as const satisfies Readonly<Record<string, PartnerModel>>;

export type DealModel = keyof typeof PARTNER_MODELS;
export const DEAL_MODELS = Object.keys(PARTNER_MODELS) as readonly DealModel[];

export function partnerModel(model: DealModel): PartnerModel {
  return PARTNER_MODELS[model];
}

interface StatementRules {
  /** In the order in which people read them. */
  readonly findings: readonly Finding[];
  /** Rows that can be booked as they are. */
  readonly bookable: readonly Finding[];
  /** Rows that can be booked although they say something else than our books. */
  readonly acceptable: readonly Finding[];
  /** Rows whose redemption the traveller can be made to pay. */
  readonly rejectable: readonly Finding[];
  /** The file says that money came, so its rows are booked on the day it did. */
  readonly isPayment: boolean;
}

export const STATEMENT_RULES: Readonly<Record<StatementKind, StatementRules>> = {
  settlement: {
    findings: STATEMENT_FINDINGS,
    bookable: ['agrees'],
    acceptable: ['amount_differs'],
    rejectable: ['rejected', 'amount_differs'],
    isPayment: true,
  },
  sales: {
    findings: SALES_FINDINGS,
    bookable: ['sold', 'refunded'],
    acceptable: ['price_differs'],
    rejectable: [],
    isPayment: false,
  },
};

/** What can be decided about a row nobody decided about yet. */
export interface PossibleDecisions {
  readonly mayAccept: boolean;
  readonly mayReject: boolean;
  readonly mayNote: boolean;
}

/**
 * A payment is accepted up to what counts of the redemption: of 840,00 redeemed 700,00 can be accepted, 900,00 cannot, for
 * the excess is about something else. A price of a sale has no such bound. What can be booked as it is needs no note.
 */
export function possibleDecisions(
  kind: StatementKind,
  row: { readonly finding: Finding; readonly cents: number; readonly counts: number },
): PossibleDecisions {
  const { bookable, acceptable, rejectable, isPayment } = STATEMENT_RULES[kind];
  const { finding, cents, counts } = row;
  return {
    mayAccept: acceptable.includes(finding) && cents > 0 && (!isPayment || cents <= counts),
    mayReject: rejectable.includes(finding),
    mayNote: !bookable.includes(finding),
  };
}
