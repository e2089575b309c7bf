import type { VoucherType } from '../engine/voucher.ts';
import { isMemoRole } from './account-role.ts';
import { accountOf, type AccountingSetup } from './chart-of-accounts.ts';
import { toCp1252Text } from './cp1252-text.ts';
import { documentField, MAX_DOCUMENT_FIELD } from './document-field.ts';
import { eventText, isReversalEvent, shortVoucherNumber, voucherNumber } from './ledger-event.ts';

/** A ledger entry with what its booking tells beside it. */
export interface DatevEntry {
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
  readonly voucherId: string;
  readonly voucherNumber: string | null;
  readonly invoiceRef: string | null;
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly customerId: string | null;
  /** The debtor's account of the partner whose deal it is; null: the collective one. */
  readonly partnerAccount: string | null;
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
  /** Generalumkehr: the accounts are those of the booking that is taken back. */
  readonly isGeneralReversal: boolean;
}

/** 9.999.999.999,99, what the format has room for. */
export const MAX_DATEV_CENTS = 999_999_999_999;

/** Why an entry cannot be exported: what is wrong, at which entry, and with which value. */
export interface ExportProblem {
  readonly code:
    | 'consultant'
    | 'client'
    | 'account_missing'
    | 'account_wrong'
    | 'debtor_unknown'
    | 'bad_character'
    | 'document_too_long'
    | 'amount_too_large';
  readonly entryId: number | null;
  readonly voucher: string | null;
  readonly value: string;
}

export type SkipReason = 'memo' | 'same_account' | 'transfer';

export type Judgement =
  | { readonly kind: 'booking'; readonly booking: DatevBooking }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | { readonly kind: 'problem'; readonly problems: readonly ExportProblem[] };

/** What the whole file needs, before any entry is looked at. */
export function problemsOfSetup({ datev }: AccountingSetup): ExportProblem[] {
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
  const debit = accountFor(setup, row, row.debitRole);
  const credit = accountFor(setup, row, row.creditRole);
  const texts = textsOf(setup, row);
  const problems = [...debit.problems, ...credit.problems, ...texts.problems];
  if (row.cents > MAX_DATEV_CENTS) problems.push(problemOf(row, 'amount_too_large', String(row.cents)));
  if (problems.length > 0) return { kind: 'problem', problems };
  if (debit.account === credit.account) return { kind: 'skip', reason: 'same_account' };
  const isGeneral = setup.datev.reversal === 'general' && isReversalEvent(row.event);
  const [left, right] = isGeneral ? [credit.account, debit.account] : [debit.account, credit.account];
  return {
    kind: 'booking',
    booking: {
      cents: row.cents,
      currency: row.currency,
      debit: left,
      credit: right,
      postedOn: row.postedOn,
      isLocked: setup.datev.isLocked,
      isGeneralReversal: isGeneral,
      ...texts.fields,
    },
  };
}

export function isTransfer(row: Pick<DatevEntry, 'debitRole' | 'creditRole'>): boolean {
  return row.debitRole === 'TRANSFER' || row.creditRole === 'TRANSFER';
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
): { readonly account: string; readonly problems: ExportProblem[] } {
  const isDebtor = role === 'DEBITOR' || role === 'DEBITOR_PARTNER';
  const digits = setup.datev.accountLength + (isDebtor ? 1 : 0);
  if (role === 'DEBITOR' && setup.debtors === 'customer' && row.bookingNumber !== null) {
    const customer = row.customerId ?? '';
    const isDebtorNumber = /^[1-9]\d*$/.test(customer) && customer.length === digits;
    return {
      account: customer,
      problems: isDebtorNumber
        ? []
        : [problemOf(row, 'debtor_unknown', customer === '' ? row.bookingNumber : customer)],
    };
  }
  const account =
    (role === 'DEBITOR_PARTNER' ? row.partnerAccount : null) ?? accountOf(setup, role, row.type, row.brand);
  if (account === null) return { account: '', problems: [problemOf(row, 'account_missing', role)] };
  const isSound = /^\d{1,9}$/.test(account) && Number(account) > 0 && account.length <= digits;
  return { account, problems: isSound ? [] : [problemOf(row, 'account_wrong', account)] };
}

function textsOf(
  setup: AccountingSetup,
  row: DatevEntry,
): {
  readonly fields: Pick<
    DatevBooking,
    'documentField1' | 'documentField2' | 'text' | 'costCentre' | 'additions' | 'orderNumber'
  >;
  readonly problems: ExportProblem[];
} {
  const number = voucherNumber(row.voucherNumber, row.voucherId);
  const document = documentField(
    row.documentNumber ?? row.bookingNumber ?? (row.event === 'sale' ? row.invoiceRef : null) ?? number,
  );
  const brand =
    setup.datev.costCentre === 'brand' && row.brand !== null ? toCp1252Text(row.brand) : { text: '', unknown: [] };
  const order = toCp1252Text(row.bookingNumber ?? '');
  const event = eventText(row.event);
  const unknown = [...document.unknown, ...brand.unknown, ...order.unknown];
  return {
    fields: {
      documentField1: document.text,
      documentField2: shortVoucherNumber(number),
      text: `${event} Gutschein ${number}`.slice(0, 60),
      costCentre: brand.text.replace(/[^\w ]/g, ' ').slice(0, 36),
      additions: [
        ['Gutschein-Nr', number],
        ['Vorgang', row.journalNumber === null ? event : `${event}, Journal ${row.journalNumber}`],
      ],
      orderNumber: order.text.length > 30 ? '' : order.text.replace(/[\r\n\t]/g, ' '),
    },
    problems: [
      ...unknown.map((sign) => problemOf(row, 'bad_character', sign)),
      ...(document.text.length > MAX_DOCUMENT_FIELD ? [problemOf(row, 'document_too_long', document.text)] : []),
    ],
  };
}

function problemOf(row: DatevEntry, code: ExportProblem['code'], value: string): ExportProblem {
  return { code, entryId: row.id, voucher: voucherNumber(row.voucherNumber, row.voucherId), value };
}
