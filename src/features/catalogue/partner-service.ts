import type { EInvoiceFormat, InvoiceBuyer } from '../../core/books/invoicing/e-invoice.ts';
import type { VatTreatment } from '../../core/books/invoicing/vat-treatment.ts';
import type { ExpiredDeals } from '../../core/books/deal-sale.ts';
import type { DealModel } from '../../core/books/partner-model.ts';
import { writeAudit } from '../../platform/data/audit.ts';
import type { Connection, Transaction } from '../../platform/data/db.ts';
import { parseJson } from '../../platform/data/json.ts';
import { findEntry, findOwnAccounts, updateEntry } from './catalogue-store.ts';

/** Invoices go out with each redemption, or all of a period together in a run. */
export const INVOICE_TIMINGS = ['at_once', 'in_runs'] as const;
export type InvoiceTiming = (typeof INVOICE_TIMINGS)[number];

/** What the books and the invoices need to know of a partner. Texts are empty where nothing is said. */
export interface PartnerDetails {
  readonly dealModel: DealModel;
  /** Basis points of what was redeemed that the partner keeps. */
  readonly commissionBasisPoints: number;
  readonly invoiceTiming: InvoiceTiming;
  /** Of the agency model: whose money a deal is that nobody redeemed until its claim was time-barred. */
  readonly expiredDeals: ExpiredDeals;
  readonly vatTreatment: VatTreatment;
  /** Basis points; of a taxable supply. */
  readonly vatRate: number;
  readonly exemptionText: string;
  readonly invoiceFormat: EInvoiceFormat;
  readonly street: string;
  readonly postcode: string;
  readonly town: string;
  readonly country: string;
  readonly vatId: string;
  readonly leitwegId: string;
  readonly buyerReference: string;
  /** Of a document that is no invoice. */
  readonly invoiceAddress: string;
  readonly invoiceText: string;
  readonly invoiceEmail: string;
  readonly paymentDays: number;
  /** The partner's account in the books; empty: the collective one. */
  readonly debtorAccount: string;
  readonly contactName: string;
  readonly contactEmail: string;
  readonly contactPhone: string;
}

export const DEFAULT_PARTNER_DETAILS: PartnerDetails = {
  dealModel: 'settlement',
  commissionBasisPoints: 0,
  invoiceTiming: 'at_once',
  expiredDeals: 'ours',
  vatTreatment: 'no_supply',
  vatRate: 1900,
  exemptionText: '',
  invoiceFormat: 'zugferd',
  street: '',
  postcode: '',
  town: '',
  country: 'DE',
  vatId: '',
  leitwegId: '',
  buyerReference: '',
  invoiceAddress: '',
  invoiceText: '',
  invoiceEmail: '',
  paymentDays: 14,
  debtorAccount: '',
  contactName: '',
  contactEmail: '',
  contactPhone: '',
};

/** The account in the books that kept details of a partner name; null: the collective one. */
export function partnerAccountOf(details: string | null): string | null {
  const account = details === null ? undefined : parseJson<Partial<PartnerDetails>>(details).debtorAccount;
  return account === undefined || account === '' ? null : account;
}

/** The partners with an account of their own in the books, by id. */
export async function partnerAccounts(connection: Connection): Promise<Map<string, string>> {
  return new Map(
    (await findOwnAccounts(connection)).flatMap(({ id, details }) => {
      const account = partnerAccountOf(details);
      return account === null ? [] : [[id, account] as const];
    }),
  );
}

/** The same with all that is known of them, by account. */
export async function partnersWithAccount(
  connection: Connection,
): Promise<{ readonly name: string; readonly account: string; readonly details: PartnerDetails }[]> {
  return (await findOwnAccounts(connection))
    .flatMap(({ name, details }) => {
      const account = partnerAccountOf(details);
      const all = { ...DEFAULT_PARTNER_DETAILS, ...parseJson<Partial<PartnerDetails>>(details) };
      return account === null ? [] : [{ name, account, details: all }];
    })
    .toSorted((a, b) => Number(a.account) - Number(b.account));
}

/** A partner as the buyer of an invoice. */
export function buyerOf(name: string, details: PartnerDetails): InvoiceBuyer {
  const { street, postcode, town, country, vatId, leitwegId, invoiceEmail: email, buyerReference: reference } = details;
  return { name, street, postcode, town, country, vatId, leitwegId, email, reference };
}

export async function partnerDetails(connection: Connection, id: string): Promise<PartnerDetails> {
  const partner = await findEntry(connection, 'partner', id);
  return partner === null || partner.details === null
    ? DEFAULT_PARTNER_DETAILS
    : { ...DEFAULT_PARTNER_DETAILS, ...parseJson<Partial<PartnerDetails>>(partner.details) };
}

export async function changePartnerDetails(
  trx: Transaction,
  id: string,
  details: PartnerDetails,
  actor: string,
  now: number,
): Promise<void> {
  const before = await partnerDetails(trx, id);
  await updateEntry(trx, 'partner', id, { details: JSON.stringify(details) }, now);
  await writeAudit(trx, [
    {
      recordedAt: now,
      actor,
      action: 'catalogue.details',
      entity: 'partner',
      entityId: id,
      changes: { before, after: details },
    },
  ]);
}
