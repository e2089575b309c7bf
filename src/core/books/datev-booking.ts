import type { VoucherType } from '../engine/voucher.ts';
import { isMemoRole } from './account-role.ts';
import { accountOf, type AccountingSetup } from './chart-of-accounts.ts';
import { toCp1252Text } from './cp1252-text.ts';
import { oneLine } from '../text.ts';
import { documentField, MAX_DATEV_CENTS, settledItem } from './document-field.ts';
import {
  eventText,
  isReversalEvent,
  ownerNumber,
  ownerText,
  shortVoucherNumber,
  type EntryOwner,
} from './ledger-event.ts';

/** A ledger entry with what its booking tells beside it. */
export interface DatevEntry extends EntryOwner, Pick<DatevBooking, 'dueOn'> {
  readonly id: number;
  /** null: it has none before its run is sealed. */
  readonly journalNumber: number | null;
  readonly event: string;
  readonly debitRole: string;
  readonly creditRole: string;
  readonly cents: number;
  readonly currency: string;
  readonly postedOn: string;
  readonly bookingNumber: string | null;
  readonly documentNumber: string | null;
  /** What the bookkeeping wants to stand for the number of its document, where it is another one. */
  readonly givenDocument?: string | undefined;
  /** The number of the open item of the debtors that it opens or settles; null: a booking's, or none. */
  readonly openItem: string | null;
  readonly invoiceRef: string | null;
  /** null: it is no voucher's. */
  readonly type: VoucherType | null;
  readonly brand: string | null;
  readonly customerId: string | null;
  /** The debtor's account of the partner whose deal it is; null: the collective one. Then the partner, and what it calls the payment. */
  readonly partnerAccount: string | null;
  readonly partnerId?: string | null;
  readonly reason?: string | null;
}

/** Debit an credit, cents > 0; every text is in signs of Windows-1252 already. */
export interface DatevBooking {
  readonly cents: number;
  readonly currency: string;
  readonly debit: string;
  readonly credit: string;
  readonly postedOn: string;
  readonly documentField1: string;
  readonly documentField2: string;
  readonly text: string;
  readonly costCentre: string;
  /** At most 20 pairs of kind and content, shown beside the booking. */
  readonly additions: readonly (readonly [string, string])[];
  readonly orderNumber: string;
  readonly isLocked: boolean;
  readonly dueOn?: string | null;
  /** Generalumkehr: the accounts are those of the booking that is taken back. */
  readonly isGeneralReversal: boolean;
}

/** Why an entry cannot be exported: what is wrong, at which entry, and with which value. */
export interface ExportProblem {
  readonly code: 'consultant' | 'client' | 'account_missing' | 'account_wrong' | 'amount_too_large';
  readonly entryId: number | null;
  readonly voucher: string | null;
  readonly value: string;
}

/** What stands in a booking instead of what was entered, and is told beside: it keeps nothing from being exported. */
export interface ExportNote {
  readonly code: 'document_replaced' | 'document_given' | 'collective_debtor' | 'shortened';
  readonly entryId: number;
  readonly voucher: string;
  /** What was entered; empty: nothing. */
  readonly value: string;
  /** What stands in its place. */
  readonly used: string;
}

export type SkipReason = 'memo' | 'same_account' | 'transfer' | 'grouped';

export type Judgement =
  | { readonly kind: 'booking'; readonly booking: DatevBooking; readonly notes: readonly ExportNote[] }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'problem'; readonly problems: readonly ExportProblem[] };

/** What the whole file needs, before any entry is looked at. */
export function problemsOfSetup({ datev, export: target }: AccountingSetup): ExportProblem[] {
  if (target !== undefined && target.profile !== 'datev') return [];
  const problem = (code: 'consultant' | 'client', value: string): ExportProblem => ({
    code,
    entryId: null,
    voucher: null,
    value,
  });
  const consultant = Number(datev.consultant);
  const client = Number(datev.client);
  return [
    ...(/^\d{4,7}$/.test(datev.consultant) && consultant >= 1001 ? [] : [problem('consultant', datev.consultant)]),
    ...(/^\d{1,5}$/.test(datev.client) && client >= 1 ? [] : [problem('client', datev.client)]),
  ];
}

/**
 * An entry as the booking of a file, why it is left out, or everything that is wrong with it. Memo roles and an account
 * against itself never leave the sub-ledger; whether transfers do is decided for the whole run (`transfers`).
 */
export function judge(setup: AccountingSetup, row: DatevEntry, transfers: 'export' | 'skip'): Judgement {
  if (isMemoRole(row.debitRole) || isMemoRole(row.creditRole)) return { kind: 'skip', reason: 'memo' };
  if (isTransfer(row) && transfers === 'skip') return { kind: 'skip', reason: 'transfer' };
  // Between two open items, of which the general ledger knows only where the chart has an account in between.
  if (hasTransferSide(row) && accountOf(setup, 'TRANSFER', row.type, row.brand) === null && !isTransfer(row))
    return { kind: 'skip', reason: 'transfer' };
  const debit = accountFor(setup, row, row.debitRole);
  const credit = accountFor(setup, row, row.creditRole);
  const texts = textsOf(setup, row);
  const problems = [...debit.problems, ...credit.problems];
  if (row.cents > MAX_DATEV_CENTS) problems.push(problemOf(row, 'amount_too_large', String(row.cents)));
  if (problems.length > 0) return { kind: 'problem', problems };
  if (debit.account === credit.account) return { kind: 'skip', reason: 'same_account' };
  const isGeneral = setup.datev.reversal === 'general' && isReversalEvent(row.event);
  const [left, right] = isGeneral ? [credit.account, debit.account] : [debit.account, credit.account];
  return {
    kind: 'booking',
    notes: [...debit.notes, ...credit.notes, ...texts.notes],
    booking: {
      cents: row.cents,
      currency: row.currency,
      debit: left,
      credit: right,
      postedOn: row.postedOn,
      isLocked: setup.datev.isLocked,
      isGeneralReversal: isGeneral,
      dueOn: row.event === 'partner_invoice' ? (row.dueOn ?? null) : null,
      ...texts.fields,
    },
  };
}

/** Between vouchers. What moves from one open item of the debtors to another is a booking, because both are settled by it. */
export function isTransfer(row: Pick<DatevEntry, 'debitRole' | 'creditRole'>): boolean {
  return hasTransferSide(row) && row.debitRole !== 'DEBITOR' && row.creditRole !== 'DEBITOR';
}

function hasTransferSide({ debitRole, creditRole }: Pick<DatevEntry, 'debitRole' | 'creditRole'>): boolean {
  return debitRole === 'TRANSFER' || creditRole === 'TRANSFER';
}

/** The account on the other side of TRANSFER, and what came to it: transfers within one account add up to zero there. */
export function transferLeg(
  setup: AccountingSetup,
  row: DatevEntry,
): { readonly account: string; readonly cents: number } {
  const isOut = row.creditRole === 'TRANSFER';
  const role = isOut ? row.debitRole : row.creditRole;
  return {
    account: `${accountOf(setup, role, row.type, row.brand) ?? role} ${row.currency}`,
    cents: isOut ? -row.cents : row.cents,
  };
}

function accountFor(
  setup: AccountingSetup,
  row: DatevEntry,
  role: string,
): { readonly account: string; readonly problems: ExportProblem[]; readonly notes: ExportNote[] } {
  const isDebtor = role === 'DEBITOR' || role === 'DEBITOR_PARTNER';
  const digits = setup.datev.accountLength + (isDebtor ? 1 : 0);
  const isOwn = role === 'DEBITOR' && setup.debtors === 'customer' && row.bookingNumber !== null;
  const customer = row.customerId ?? '';
  if (isOwn && /^[1-9]\d*$/.test(customer) && customer.length === digits)
    return { account: customer, problems: [], notes: [] };
  const account =
    (role === 'DEBITOR_PARTNER' ? row.partnerAccount : null) ?? accountOf(setup, role, row.type, row.brand);
  if (account === null) return { account: '', problems: [problemOf(row, 'account_missing', role)], notes: [] };
  const isSound = /^\d{1,9}$/.test(account) && Number(account) > 0 && account.length <= digits;
  return {
    account,
    problems: isSound ? [] : [problemOf(row, 'account_wrong', account)],
    notes: isOwn ? [noteOf(row, 'collective_debtor', customer, account)] : [],
  };
}

function textsOf(
  setup: AccountingSetup,
  row: DatevEntry,
): {
  readonly fields: Pick<
    DatevBooking,
    'documentField1' | 'documentField2' | 'text' | 'costCentre' | 'additions' | 'orderNumber'
  >;
  readonly notes: ExportNote[];
} {
  const number = ownerNumber(row);
  const entered = documentOf(row);
  const document = documentField(row.givenDocument ?? entered);
  const isOther = row.givenDocument !== undefined || document.isReplaced;
  const brand = setup.datev.costCentre === 'brand' && row.brand !== null ? writable(row.brand) : '';
  const order = writable(row.bookingNumber ?? '');
  const event = eventText(row.event);
  return {
    fields: {
      documentField1: document.text,
      documentField2: shortVoucherNumber(number),
      // The true number, so that whoever looks for it finds the booking.
      text: textOf(row, isOther ? writable(entered) : null),
      costCentre: brand.replace(/[^\w ]/g, ' ').slice(0, 36),
      additions: [
        [row.voucherId === null ? 'Bezug-Nr' : 'Gutschein-Nr', number],
        ['Vorgang', row.journalNumber === null ? event : `${event}, Journal ${row.journalNumber}`],
        ...(isOther ? [['Belegnummer', writable(entered)] as const] : []),
      ],
      orderNumber: order.length > 30 ? '' : order,
    },
    notes: isOther
      ? [noteOf(row, row.givenDocument === undefined ? 'document_replaced' : 'document_given', entered, document.text)]
      : [],
  };
}

/** The number that an entry goes by: of the open item it belongs to, of its document; of a voucher without any, its own. */
export function documentOf(
  row: Pick<DatevEntry, 'openItem' | 'documentNumber' | 'bookingNumber' | 'event' | 'invoiceRef'> & EntryOwner,
): string {
  const ofSale = row.event === 'sale' ? row.invoiceRef : null;
  return settledItem(row) ?? row.documentNumber ?? row.bookingNumber ?? ofSale ?? ownerNumber(row);
}

/** An open item in Belegfeld 1 leaves the number of the document to the text, and so does one that is replaced. */
function textOf(row: DatevEntry, replaced: string | null): string {
  const document = [null, row.documentNumber].includes(settledItem(row)) ? null : row.documentNumber;
  const told = replaced ?? document;
  return `${eventText(row.event)} ${ownerText(row)}${told === null ? '' : `, ${told}`}`.slice(0, 60);
}

/** In one line of signs that Windows-1252 has; what it has no sign for is left out. */
function writable(text: string): string {
  return toCp1252Text(oneLine(text)).text;
}

function noteOf(row: DatevEntry, code: ExportNote['code'], value: string, used: string): ExportNote {
  return { code, entryId: row.id, voucher: ownerNumber(row), value, used };
}

function problemOf(row: DatevEntry, code: ExportProblem['code'], value: string): ExportProblem {
  return { code, entryId: row.id, voucher: ownerNumber(row), value };
}
