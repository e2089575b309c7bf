import { valueRoleOf } from '../../core/postings.ts';
import { accountOf } from '../../core/chart-of-accounts.ts';
import { jurisdictionOf, limitationDay } from '../../core/limitation.ts';
import { writeAudit } from '../../platform/audit.ts';
import { dayOf } from '../../platform/clock.ts';
import { inTransaction, type Database } from '../../platform/db.ts';
import { formatMoney, formatPercent } from '../../platform/format.ts';
import type { Locale, Translate } from '../../platform/i18n.ts';
import { insertJob } from '../../platform/job-store.ts';
import type { WorkbookKind, WorkbookValue } from '../../platform/workbook-writer.ts';
import { currentSetup } from '../accounting/setup-service.ts';
import { isStoredValue } from '../campaigns/rules-service.ts';
import { namesOfActors } from '../staff/user-service.ts';
import { vouchersById, vouchersInChunks, type ListQuery } from '../vouchers/voucher-list-service.ts';
import type { Moment, VoucherView } from '../vouchers/voucher-view-service.ts';
import { readExportFacts, readNames, type ExportFacts } from './voucher-export-store.ts';

export const EXPORT_JOB = 'voucher-export';
export const EXPORT_KINDS = ['vouchers', 'codes'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
export const EXPORT_FORMATS = ['xlsx', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOrder {
  readonly kind: ExportKind;
  readonly format: ExportFormat;
  readonly query: ListQuery;
  /** Those chosen one by one, at most 500; null: all that the query finds. */
  readonly ids: readonly string[] | null;
  /** Codes in full; for people who may see them, with a reason that is kept. */
  readonly isFull: boolean;
  readonly reason: string | null;
  /** As the Parameter sheet shows who and what. */
  readonly userName: string;
  readonly filterText: string;
  readonly locale: Locale;
}

export interface ExportPayload extends ExportOrder {
  readonly actor: string;
}

/** Starts the job; who takes codes in full is written down with the reason before there is a file. */
export async function startExport(database: Database, payload: ExportPayload, total: number | null, now: number): Promise<string> {
  return inTransaction(database, async (trx) => {
    const id = await insertJob(trx, { kind: EXPORT_JOB, payload, total, createdBy: payload.actor, now });
    const { kind, format, isFull, reason, query, ids } = payload;
    await writeAudit(trx, [{ recordedAt: now, actor: payload.actor, action: `export.${kind}`, entity: 'job', entityId: id, changes: { format, isFull, reason, query: { ...query, q: query.q === undefined ? undefined : '…' }, ...(ids === null ? {} : { chosen: ids.length }) } }]);
    return id;
  });
}

export interface ExportColumn {
  readonly name: string;
  readonly kind: WorkbookKind;
  readonly width: number;
  readonly isSummed?: boolean;
}

const text = (name: string, width = 16): ExportColumn => ({ name, kind: 'text', width });
const day = (name: string): ExportColumn => ({ name, kind: 'day', width: 12 });
const money = (name: string): ExportColumn => ({ name, kind: 'money', width: 13, isSummed: true });
const count = (name: string): ExportColumn => ({ name, kind: 'number', width: 10 });
const instant = (name: string): ExportColumn => ({ name, kind: 'instant', width: 17 });

/** In the order of the sheet, which never changes: people build on it. */
export const EXPORT_COLUMNS: Readonly<Record<ExportKind, readonly ExportColumn[]>> = {
  vouchers: [
    text('number'), text('type', 13), text('storesValue', 10), text('vatClass', 11), text('campaign', 26), text('title', 30), text('brand', 18), text('partner', 18),
    text('funding', 20), day('issuedOn'), day('paidOn'), text('method', 16), text('saleDocument', 18), text('customer', 14), text('currency', 9), money('faceValue'),
    money('issuePrice'), money('bonus'), money('toppedUp'), money('redeemed'), money('reversed'), money('refunded'), money('transferred'), money('derecognised'),
    money('balance'), count('redemptions'), text('bookings', 22), day('lastMove'), day('validFrom'), day('bookUntil'), day('travelUntil'), day('limitedOn'),
    text('status', 16), text('locked', 9), text('account', 12), text('costCentre', 10), text('exportRun', 16),
  ],
  codes: [
    text('number'), text('code', 24), text('campaign', 26), text('status', 16), instant('createdAt'), text('createdBy', 18), instant('sentAt'), text('sentTo', 24),
    text('type', 13), text('worth', 16), text('tiers', 34), text('multiplier', 14), text('maxUses', 11), count('uses'), day('validFrom'), day('bookUntil'), day('paidOn'),
    instant('redeemedAt'), text('bookings', 22), text('replacedBy', 18), text('replaces', 18),
  ],
};

export interface ExportChunk {
  readonly rows: readonly (readonly WorkbookValue[])[];
  readonly examined: number;
  /** Whose codes are among them. */
  readonly campaigns: readonly string[];
}

/** All rows of an export in the order of its list, at most 500 at a time. */
export async function* exportRows(database: Database, order: ExportOrder, timeZone: string, t: Translate, moment: Moment): AsyncGenerator<ExportChunk> {
  const { setup } = await currentSetup(database.knex);
  for await (const { items } of order.ids === null ? vouchersInChunks(database, order.query, moment) : chosen(database, order.ids, moment)) {
    const facts = await readExportFacts(database.knex, items.map(({ id }) => id));
    const ids = (of: (voucher: VoucherView) => string | null): string[] => [...new Set(items.map(of).filter((id) => id !== null))];
    const brands = await readNames(database.knex, 'brand', ids(({ restrictions }) => restrictions.brand));
    const partners = await readNames(database.knex, 'partner', ids(({ restrictions }) => restrictions.partner));
    const actors = await namesOfActors(database, [...facts.values()].flatMap(({ createdBy }) => createdBy ?? []));
    const rows = items.flatMap((voucher) => {
      const own = facts.get(voucher.id);
      if (own === undefined) return [];
      const named: Named = { voucher, facts: own, brand: nameIn(brands, voucher.restrictions.brand), partner: nameIn(partners, voucher.restrictions.partner), actors, timeZone, t, order };
      const account = ((role) => (role === null ? null : accountOf(setup, role, voucher.type, voucher.restrictions.brand)))(valueRoleOf(voucher.type, voucher.funding));
      const cells = order.kind === 'codes' ? codeCells(named) : voucherCells(named, { account, costCentre: setup.datev.costCentre === 'brand' ? voucher.restrictions.brand : null, jurisdiction: jurisdictionOf(setup.chart) });
      return [EXPORT_COLUMNS[order.kind].map(({ name }) => cells[name] ?? null)];
    });
    yield { rows, examined: items.length, campaigns: ids(({ campaign }) => campaign) };
  }
}

async function* chosen(database: Database, ids: readonly string[], moment: Moment): AsyncGenerator<{ readonly items: VoucherView[] }> {
  yield { items: await vouchersById(database, ids, moment) };
}

interface Named {
  readonly voucher: VoucherView;
  readonly facts: ExportFacts;
  readonly brand: string | null;
  readonly partner: string | null;
  readonly actors: ReadonlyMap<string, string>;
  readonly timeZone: string;
  readonly t: Translate;
  readonly order: ExportOrder;
}

interface BookedOn {
  readonly account: string | null;
  readonly costCentre: string | null;
  readonly jurisdiction: ReturnType<typeof jurisdictionOf>;
}

type Cells = Readonly<Record<string, WorkbookValue>>;

/** Section 5.1 of the accounting: what stands in the ledger, added up by event. */
function voucherCells({ voucher, facts, brand, partner, timeZone, t }: Named, { account, costCentre, jurisdiction }: BookedOn): Cells {
  const { type, validity, value, balance } = voucher;
  const storesValue = isStoredValue(type);
  const sum = (...events: string[]): number => events.reduce((total, event) => total + (facts.moved.get(event) ?? 0), 0);
  const issued = sum('sale', 'issue', 'migrated');
  const isIssued = storesValue && voucher.paidAt !== null && issued > 0;
  // A later acknowledgement begins the limitation again.
  const claimOn = [voucher.paidAt, facts.acknowledgedOn].filter((one) => one !== null).sort().at(-1);
  const paidShare = type === 'purchase' ? issued : 0;
  return {
    number: facts.number ?? `ID ${voucher.id}`,
    type: t(`vouchers:type.${type}`),
    storesValue: t(storesValue || type === 'deal' ? 'transfer:yes' : 'transfer:no'),
    vatClass: type === 'discount' ? '-' : 'MZG',
    campaign: voucher.campaign === null ? null : voucher.title,
    title: voucher.title,
    brand,
    partner,
    funding: voucher.funding === null ? null : t(`vouchers:funding.${voucher.funding}`),
    issuedOn: dayOf(facts.createdAt, timeZone),
    paidOn: voucher.paidAt,
    method: facts.moneyRole === null ? null : t(`transfer:money_role.${METHODS[facts.moneyRole] ?? 'other'}`),
    saleDocument: facts.saleDocument ?? voucher.invoiceId,
    customer: voucher.restrictions.customer?.id ?? null,
    currency: voucher.currency,
    faceValue: value.originalValue,
    issuePrice: isIssued ? paidShare : null,
    bonus: isIssued && type === 'purchase' && facts.moneyRole !== 'OPENING' ? Math.max(0, (value.originalValue ?? 0) - issued - sum('top_up')) : null,
    toppedUp: storesValue ? sum('top_up') : null,
    redeemed: storesValue ? -sum('redemption') : facts.redemptions.applied,
    reversed: storesValue ? sum('redemption_reversal') : facts.redemptions.reversed,
    refunded: storesValue ? -sum('refund') : null,
    transferred: storesValue ? sum('transfer_in', 'transfer_out') : null,
    derecognised: storesValue ? -sum('forfeit', 'forfeit_reversal', 'derecognition', 'reactivation') : null,
    balance,
    redemptions: facts.redemptions.count,
    bookings: voucher.bookingNumbers.join(', '),
    lastMove: facts.lastPostedOn ?? (facts.redemptions.lastAt === null ? null : dayOf(facts.redemptions.lastAt, timeZone)),
    validFrom: validity.bookFrom,
    bookUntil: validity.bookUntil,
    travelUntil: validity.travelUntil,
    limitedOn: claimOn === undefined || !storesValue ? null : limitationDay(claimOn, jurisdiction),
    status: t(`vouchers:status.${voucher.status}`),
    locked: t(voucher.status === 'deactivated' ? 'transfer:yes' : 'transfer:no'),
    account,
    costCentre,
    exportRun: facts.runNumber,
  };
}

/** Section 5.2: one row a code. */
function codeCells({ voucher, facts, actors, t, order }: Named): Cells {
  const { value, usage, validity, currency } = voucher;
  const { locale } = order;
  const worth = (tier: VoucherView['value']['tiers'][number]): string => (tier.percent === undefined ? formatMoney(tier.amount, currency, locale) : formatPercent(Math.round(tier.percent * 100), locale));
  const last = value.tiers.at(-1);
  return {
    number: facts.number ?? `ID ${voucher.id}`,
    code: order.isFull ? voucher.code : maskedCode(voucher.code),
    campaign: voucher.campaign === null ? null : voucher.title,
    status: t(`vouchers:status.${voucher.status}`),
    createdAt: facts.createdAt,
    createdBy: facts.createdBy === null ? null : (actors.get(facts.createdBy) ?? facts.createdBy),
    sentAt: facts.mail?.sentAt ?? null,
    sentTo: facts.mail === null ? null : maskedAddress(facts.mail.to),
    type: t(`vouchers:type.${voucher.type}`),
    worth: value.originalValue === null ? (last === undefined ? null : worth(last)) : formatMoney(value.originalValue, currency, locale),
    tiers: value.tiers.map((tier) => `${t('transfer:from_price', { price: formatMoney(tier.minTripPrice, currency, locale) })}: ${worth(tier)}`).join('; '),
    multiplier: t(`vouchers:multiplier.${value.multiplier}`),
    maxUses: usage.maxUses === null ? t('transfer:unlimited') : String(usage.maxUses),
    uses: voucher.uses,
    validFrom: validity.bookFrom,
    bookUntil: validity.bookUntil,
    paidOn: voucher.paidAt,
    redeemedAt: facts.redemptions.lastAt,
    bookings: voucher.bookingNumbers.join(', '),
    replacedBy: facts.replacedBy.join(', '),
    replaces: facts.replaces.join(', '),
  };
}

const METHODS: Readonly<Record<string, string>> = { BANK: 'bank', CASH: 'cash', TRANSIT: 'online', DEBITOR: 'debtor', OPENING: 'opening' };

/** As the list shows it to those who may not see codes. */
function maskedCode(code: string): string {
  return `…${code.slice(-Math.min(4, Math.floor(code.length / 2)))}`;
}

/** `anna@example.org` → `a…@example.org`. */
function maskedAddress(address: string): string {
  return address.replace(/^(.)[^@]*/, '$1…');
}

function nameIn(names: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (names.get(id) ?? id);
}
