import { maskedCode } from '../../../core/engine/code-mask.ts';
import { limitationDay, type Jurisdiction } from '../../../core/books/limitation.ts';
import { movementLineOf, type MovementLine } from '../../../core/books/liability-report.ts';
import { dayOf } from '../../../platform/process/clock.ts';
import { formatMoney, formatPercent } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import type { WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { isStoredValue } from '../../vouchers/rules/rules-service.ts';
import { isEnded, type VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import type { ExportFacts } from './voucher-export-store.ts';

/** A voucher with everything a row of an export says about it. */
export interface ExportSubject {
  readonly voucher: VoucherView;
  readonly facts: ExportFacts;
  readonly brand: string | null;
  readonly partner: string | null;
  readonly actors: ReadonlyMap<string, string>;
  readonly account: string | null;
  readonly costCentre: string | null;
  readonly jurisdiction: Jurisdiction;
}

export interface ExportWords {
  readonly t: Translate;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly today: string;
  /** Codes in full. */
  readonly isFull: boolean;
}

export type Cells = Readonly<Record<string, WorkbookValue>>;

/**
 * Section 5.1 of the accounting. Of a voucher that stores value, or a deal that a partner sold for us, the row adds up from the ledger alone: Ausgabepreis +
 * Bonusanteil + Übernahme + Aufladungen - eingelöst + Storno Einlösung - erstattet + umgebucht - verfallen - ausgebucht +
 * Korrektur = Restwert. What was given away (goodwill) is no issue price but a bonus share, because nobody is owed it.
 */
export function voucherCells(
  { voucher, facts, brand, partner, account, costCentre, jurisdiction }: ExportSubject,
  { t, timeZone, today }: ExportWords,
): Cells {
  const { type, validity, value } = voucher;
  const balance = voucher.balance ?? facts.dealRest;
  const storesValue = isStoredValue(type) || facts.dealRest !== null;
  const isGoodwill = voucher.funding === 'goodwill';
  const line = linesOf(facts.moved);
  const issued = line('sold') + line('issued');
  const bonus = isGoodwill
    ? issued
    : issued === 0 || voucher.issuePrice === null
      ? 0
      : (value.originalValue ?? 0) - voucher.issuePrice;
  const limitedOn = limitationOf(voucher, facts, jurisdiction);
  return {
    number: facts.number ?? `ID ${voucher.id}`,
    type: t(`vouchers:type.${type}`),
    storesValue: t(type === 'discount' || isGoodwill ? 'exchange:no' : 'exchange:yes'),
    vatClass: type === 'discount' || isGoodwill ? '-' : 'MZG',
    campaign: voucher.campaign === null ? null : voucher.title,
    title: voucher.title,
    brand,
    partner,
    funding: voucher.funding === null ? null : t(`vouchers:funding.${voucher.funding}`),
    issuedOn: dayOf(facts.createdAt, timeZone),
    paidOn: voucher.paidAt,
    method: facts.moneyRole === null ? null : t(`exchange:money_role.${METHODS[facts.moneyRole] ?? 'other'}`),
    saleDocument: facts.saleDocument ?? voucher.invoiceId,
    customer: voucher.restrictions.customer?.id ?? null,
    currency: voucher.currency,
    faceValue: value.originalValue,
    issuePrice: storesValue ? issued - bonus : null,
    bonus: storesValue ? bonus : null,
    takenOver: storesValue ? line('taken_over') : null,
    toppedUp: storesValue ? line('topped_up') : null,
    redeemed: storesValue ? taken(line('redeemed')) : facts.redemptions.applied,
    reversed: storesValue ? line('given_back') : facts.redemptions.reversed,
    refunded: storesValue ? taken(line('refunded') + line('charged_back')) : null,
    transferred: storesValue ? line('transferred_in') + line('transferred_out') : null,
    forfeited: storesValue ? taken(line('forfeited')) : null,
    derecognised: storesValue ? taken(line('derecognised') + line('reactivated')) : null,
    correction: storesValue ? line('correction') : null,
    balance,
    bonusBalance: storesValue ? (isGoodwill ? balance : voucher.bonusBalance) : null,
    redemptions: facts.redemptions.count,
    bookings: bookingsOf(facts),
    lastMove:
      facts.lastPostedOn ?? (facts.redemptions.lastAt === null ? null : dayOf(facts.redemptions.lastAt, timeZone)),
    validFrom: validity.bookFrom,
    bookUntil: validity.bookUntil,
    travelUntil: validity.travelUntil,
    limitedOn,
    status: statusText(voucher, limitedOn, today, t),
    held: t(voucher.held > 0 ? 'exchange:yes' : 'exchange:no'),
    locked: t(isLocked(voucher, facts) ? 'exchange:yes' : 'exchange:no'),
    account,
    costCentre,
    exportRun: facts.runNumber,
    note: voucher.note,
  };
}

/** Section 5.2: one row a code. */
export function codeCells(
  { voucher, facts, actors, jurisdiction }: ExportSubject,
  { t, locale, isFull, today }: ExportWords,
): Cells {
  const { value, usage, validity, currency } = voucher;
  const worth = (tier: VoucherView['value']['tiers'][number]): string =>
    tier.percent === undefined
      ? formatMoney(tier.amount, currency, locale)
      : formatPercent(Math.round(tier.percent * 100), locale);
  return {
    number: facts.number ?? `ID ${voucher.id}`,
    code: isFull ? voucher.code : maskedCode(voucher.code),
    campaign: voucher.campaign === null ? null : voucher.title,
    status: statusText(voucher, limitationOf(voucher, facts, jurisdiction), today, t),
    createdAt: facts.createdAt,
    createdBy: facts.createdBy === null ? null : (actors.get(facts.createdBy) ?? facts.createdBy),
    sentAt: facts.mail?.sentAt ?? null,
    sentTo: facts.mail === null ? null : maskedAddress(facts.mail.to),
    type: t(`vouchers:type.${voucher.type}`),
    worth: worthText(voucher, worth, { t, locale }),
    tiers: value.tiers
      .map(
        (tier) =>
          `${t('exchange:from_price', { price: formatMoney(tier.minTripPrice, currency, locale) })}: ${worth(tier)}`,
      )
      .join('; '),
    multiplier: t(`vouchers:multiplier.${value.multiplier}`),
    maxUses: usage.maxUses === null ? t('exchange:unlimited') : String(usage.maxUses),
    uses: voucher.uses,
    validFrom: validity.bookFrom,
    bookUntil: validity.bookUntil,
    paidOn: voucher.paidAt,
    redeemedAt: facts.redemptions.countsAt,
    bookings: bookingsOf(facts),
    replacedBy: facts.replacedBy.join(', '),
    replaces: facts.replaces.join(', '),
  };
}

/** As the list says it: `100,00 €`, `Reisepreis`, `5 %`, or with several tiers `bis 12 %`. */
function worthText(
  { value, currency, deal }: VoucherView,
  worth: (tier: VoucherView['value']['tiers'][number]) => string,
  { t, locale }: Pick<ExportWords, 't' | 'locale'>,
): string | null {
  if (value.originalValue !== null) return formatMoney(value.originalValue, currency, locale);
  if (deal?.paysInFull === true) return t('vouchers:whole_trip');
  const last = value.tiers.at(-1);
  if (last === undefined) return null;
  return value.tiers.length > 1 ? t('vouchers:up_to', { worth: worth(last) }) : worth(last);
}

const METHODS: Readonly<Record<string, string>> = {
  BANK: 'bank',
  CASH: 'cash',
  CASH_OFFICE: 'cash',
  TRANSIT: 'online',
  DEBITOR: 'debtor',
  OPENING: 'opening',
  DEBITOR_PARTNER: 'partner',
};

/** The lines of the movement equation; every event has one, so that nothing is left out of a row. */
function linesOf(moved: ExportFacts['moved']): (line: MovementLine) => number {
  const sums = new Map<MovementLine, number>();
  for (const [event, cents] of moved) sums.set(movementLineOf(event), (sums.get(movementLineOf(event)) ?? 0) + cents);
  return (line) => sums.get(line) ?? 0;
}

/** What left the voucher, as the amount people read; never -0. */
function taken(cents: number): number {
  return cents === 0 ? 0 : -cents;
}

/** A later acknowledgement, such as money added, begins the limitation again. Nobody is owed goodwill, a discount or a deal that no partner sold for us. */
function limitationOf(
  { type, funding, paidAt }: VoucherView,
  { acknowledgedOn, dealRest, soldOn }: ExportFacts,
  jurisdiction: ExportSubject['jurisdiction'],
): string | null {
  const claimOn = acknowledgedOn ?? soldOn ?? paidAt;
  return claimOn === null || (!isStoredValue(type) && dealRest === null) || funding === 'goodwill'
    ? null
    : limitationDay(claimOn, jurisdiction);
}

/** `verjährt`: owed no longer by law, past its end and not yet derecognised; a locked one is told as locked first. */
function statusText(
  { status, balance, validity }: VoucherView,
  limitedOn: string | null,
  today: string,
  t: Translate,
): string {
  const isPast = validity.bookUntil === null || validity.bookUntil < today;
  const isBarred =
    limitedOn !== null && limitedOn < today && isPast && (balance ?? 0) > 0 && BARRED_FROM.includes(status);
  return t(isBarred ? 'exchange:status.time_barred' : `vouchers:status.${status}`);
}

const BARRED_FROM: readonly VoucherView['status'][] = ['active', 'partly_redeemed', 'redeemed', 'expired'];

/** Also what was locked before it ended, and what was cancelled with money still on it: that money stays owed and blocked. */
function isLocked(voucher: VoucherView, { isDeactivated }: ExportFacts): boolean {
  return isDeactivated || voucher.status === 'deactivated' || (isEnded(voucher) && (voucher.balance ?? 0) > 0);
}

/** An Excel cell holds 32,767 characters, and a code of a campaign may have been used a million times. */
function bookingsOf({ bookings, redemptions }: ExportFacts): string {
  const rest = redemptions.bookings - bookings.length;
  return bookings.join(', ') + (rest > 0 ? ` … +${rest}` : '');
}

/** `anna@example.org` → `a…@example.org`. */
function maskedAddress(address: string): string {
  return address.replace(/^(.)[^@]*/, '$1…');
}
