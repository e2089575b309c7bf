import { accountOf, isMemoRole, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { partnerAccountOf } from '../../catalogue/partner-service.ts';
import { MAX_DATEV_CENTS, type DatevBooking } from './batch-datev.ts';
import {
  documentField,
  eventText,
  isReversalEvent,
  MAX_DOCUMENT_FIELD,
  shortVoucherNumber,
  voucherNumber,
} from '../ledger/ledger-event-service.ts';
import { toCp1252Text } from './cp1252-datev.ts';
import type { ExportRow } from './export-row-store.ts';

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
export function judge(setup: AccountingSetup, row: ExportRow, transfers: 'export' | 'skip'): Judgement {
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

export function isTransfer(row: Pick<ExportRow, 'debitRole' | 'creditRole'>): boolean {
  return row.debitRole === 'TRANSFER' || row.creditRole === 'TRANSFER';
}

/** The account on the other side of TRANSFER, and what came to it: transfers within one account add up to zero there. */
export function transferLeg(
  setup: AccountingSetup,
  row: ExportRow,
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
  row: ExportRow,
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
    (role === 'DEBITOR_PARTNER' ? partnerAccountOf(row.partnerDetails) : null) ??
    accountOf(setup, role, row.type, row.brand);
  if (account === null) return { account: '', problems: [problemOf(row, 'account_missing', role)] };
  const isSound = /^\d{1,9}$/.test(account) && Number(account) > 0 && account.length <= digits;
  return { account, problems: isSound ? [] : [problemOf(row, 'account_wrong', account)] };
}

function textsOf(
  setup: AccountingSetup,
  row: ExportRow,
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

function problemOf(row: ExportRow, code: ExportProblem['code'], value: string): ExportProblem {
  return { code, entryId: row.id, voucher: voucherNumber(row.voucherNumber, row.voucherId), value };
}
