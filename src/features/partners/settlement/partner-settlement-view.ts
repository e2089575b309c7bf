import type { Response } from 'express';
import { may } from '../../../core/access.ts';
import { codeEnd } from '../../../core/engine/code-mask.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { dayOf } from '../../../platform/process/clock.ts';
import { PARTNER_INVOICES_PATH } from '../invoices/partner-invoice-view.ts';
import type { Refund } from '../../accounting/refunds/refund-service.ts';
import type { PartnerTotals, ReportPartner, SettlementLine, SettlementPage } from './partner-report-service.ts';

export const PARTNER_SETTLEMENTS_PATH = '/admin/partner-settlements';
export const LINES_PATH = `${PARTNER_SETTLEMENTS_PATH}/lines`;
/** What stands for deals redeemed without a partner in an address. */
export const NO_PARTNER = '-';
const TONES: Readonly<Record<SettlementLine['state'], string>> = {
  unsettled: 'warn',
  outdated: 'warn',
  open: 'info',
  paid: 'ok',
  credit: 'warn',
  rejected: 'bad',
  written_off: 'quiet',
  nothing_owed: 'quiet',
  given_back: 'quiet',
  sold: 'ok',
};

type TypedReport = Readonly<Record<'partner' | 'from' | 'to', string>>;

/** Every partner with redeemed deals in these days. */
export function totalsView(totals: readonly PartnerTotals[], typed: TypedReport, t: Translate) {
  return {
    title: t('partner_settlements:title'),
    path: PARTNER_SETTLEMENTS_PATH,
    rows: totals.map((total) => ({
      ...total,
      isCredit: total.open < 0,
      name: total.partnerId === null ? t('partner_settlements:no_partner') : total.partnerName,
      href: urlOf(LINES_PATH, { ...typed, partner: total.partnerId ?? NO_PARTNER }),
    })),
  };
}

interface ShownReport extends SettlementPage {
  readonly partner: ReportPartner;
  readonly name: string;
  readonly totals: readonly PartnerTotals[];
  /** Owed back to the partner and not given yet. */
  readonly credits: readonly Refund[];
  readonly typed: TypedReport;
  readonly cursor: string;
}

/** The deals of one partner, or of none. */
export function linesView(report: ShownReport, timeZone: string, { locals: { t, user } }: Response) {
  const { partner, name, totals, lines, credits, nextCursor, typed, cursor } = report;
  return {
    title: t('partner_settlements:of', { partner: name }),
    breadcrumbs: [
      {
        href: urlOf(PARTNER_SETTLEMENTS_PATH, { from: typed.from, to: typed.to }),
        text: t('partner_settlements:title'),
      },
    ],
    path: LINES_PATH,
    fields: Object.entries(typed).map(([field, value]) => ({ name: field, value })),
    totals: totals.map((total) => ({ ...total, isCredit: total.open < 0 })),
    credits: credits.map((credit) => ({ ...credit, href: `/admin/refunds/${credit.id}` })),
    rows: lines.map((line) => rowView(line, timeZone, t)),
    statementsHref:
      partner === null ? '' : `/admin/partner-settlements/statements?partner=${encodeURIComponent(partner)}`,
    accountHref:
      partner !== null && may(user, 'books.see') ? `/admin/accounting/partners/${encodeURIComponent(partner)}` : '',
    invoicesHref: partner === null ? '' : `${PARTNER_INVOICES_PATH}?partner=${encodeURIComponent(partner)}`,
    hasOpen: totals.some(({ open }) => open > 0),
    hasUnsettled: totals.some(({ unsettled }) => unsettled !== 0),
    isPartner: partner !== null,
    mayChange: may(user, 'settlements.change'),
    first: cursor === '' ? '' : urlOf(LINES_PATH, typed),
    next: nextCursor === null ? '' : urlOf(LINES_PATH, { ...typed, cursor: nextCursor }),
  };
}

function rowView(line: SettlementLine, timeZone: string, t: Translate) {
  const {
    lineId,
    voucherNumber,
    voucherId,
    redemptionId,
    bookingNumber,
    code,
    state,
    invoiceId,
    documentNumber,
    redeemedAt,
  } = line;
  return {
    ...line,
    redeemedOn: dayOf(redeemedAt, timeZone),
    voucherText: voucherNumber ?? `V-${voucherId}`,
    voucherHref: `/admin/vouchers/${voucherId}`,
    codeEnd: codeEnd(code),
    bookingHref: `/admin/redemptions/${redemptionId}`,
    bookingNumber,
    documentText: documentNumber ?? '',
    documentHref: invoiceId === null ? '' : `${PARTNER_INVOICES_PATH}/${invoiceId}`,
    stateText: t(`partner_settlements:state.${state}`),
    tone: TONES[state],
    mayWriteOff: state === 'unsettled' && line.counts > 0,
    reasonField: `reason-${lineId}`,
  };
}

export function urlOf(path: string, parameters: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString()}`;
}
