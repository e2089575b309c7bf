import { maskedCode } from '../../../core/engine/code-mask.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { WorkbookColumn, WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import type { ReportDays, ReportPartner, SettlementLine } from './partner-report-service.ts';

export const SETTLEMENT_WORKBOOK_JOB = 'partner-settlement-workbook';

export interface SettlementWorkbook extends ReportDays {
  readonly partnerId: ReportPartner;
  readonly locale: Locale;
  readonly userName: string;
}

/** The id of the job that writes the workbook. */
export function queueSettlementWorkbook(
  database: Database,
  payload: SettlementWorkbook,
  actor: string,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: SETTLEMENT_WORKBOOK_JOB, payload, total: null, createdBy: actor, now }),
  );
}

/** In the order of the sheet, which never changes: people build on it. */
export const SETTLEMENT_COLUMNS: readonly (Omit<WorkbookColumn, 'heading'> & { readonly name: string })[] = [
  { name: 'partner', kind: 'text', width: 28 },
  { name: 'period', kind: 'text', width: 24 },
  { name: 'voucher', kind: 'text', width: 18 },
  { name: 'code', kind: 'text', width: 12 },
  { name: 'booking', kind: 'text', width: 18 },
  { name: 'departure', kind: 'day', width: 12 },
  { name: 'redeemed_on', kind: 'day', width: 12 },
  { name: 'currency', kind: 'text', width: 9 },
  { name: 'redeemed', kind: 'money', width: 14, isSummed: true },
  { name: 'owed', kind: 'money', width: 14, isSummed: true },
  { name: 'commission', kind: 'money', width: 14, isSummed: true },
  { name: 'price_cut', kind: 'money', width: 14, isSummed: true },
  { name: 'claimed', kind: 'money', width: 16, isSummed: true },
  { name: 'vat_note', kind: 'text', width: 24 },
  { name: 'document', kind: 'text', width: 18 },
  { name: 'due_on', kind: 'day', width: 12 },
  { name: 'paid', kind: 'money', width: 14, isSummed: true },
  { name: 'paid_on', kind: 'day', width: 12 },
  { name: 'open', kind: 'money', width: 14, isSummed: true },
  { name: 'clearing', kind: 'money', width: 16, isSummed: true },
  { name: 'state', kind: 'text', width: 24 },
  { name: 'covered', kind: 'money', width: 16, isSummed: true },
];

export interface SettlementRowWords {
  readonly t: Translate;
  readonly partner: string;
  readonly period: string;
  readonly dayOf: (instant: number) => string;
}

export function settlementRow(
  line: SettlementLine,
  { t, partner, period, dayOf }: SettlementRowWords,
): WorkbookValue[] {
  const { differenceRole, difference, documentNumber } = line;
  return [
    partner,
    period,
    line.voucherNumber ?? `V-${line.voucherId}`,
    maskedCode(line.code),
    line.bookingNumber,
    line.departure,
    dayOf(line.redeemedAt),
    line.currency,
    line.counts,
    line.owed,
    differenceRole === 'COMMISSION' ? difference : 0,
    differenceRole === 'RABATT' ? difference : 0,
    line.claimed,
    documentNumber === null ? null : t('partner_settlements:vat_note'),
    documentNumber,
    line.dueOn,
    line.paid,
    line.paidOn,
    line.open,
    line.clearing,
    t(`partner_settlements:state.${line.state}`),
    line.covered,
  ];
}
