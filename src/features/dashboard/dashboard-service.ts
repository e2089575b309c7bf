import type { Moment } from '../../platform/process/clock.ts';
import { addDays } from '../../core/calendar.ts';
import { LIABILITY_ROLES } from '../../core/books/chart-of-accounts.ts';
import type { Database } from '../../platform/data/db.ts';
import { listJobs } from '../../platform/jobs/job-store.ts';
import { monthlyFlows, totals, type MonthlyFlow } from '../accounting/ledger/totals-service.ts';
import { heldPage } from '../booking/holds/hold-release-service.ts';
import { campaignsNearBudget, type CampaignView } from '../campaigns/record/campaign-service.ts';
import { mailPage, type MailFilterState } from '../documents/mail/mail-service.ts';
import { countFreeMoney } from '../orders/money/waiting-money-service.ts';
import { countOpenDisputes } from '../orders/payments/dispute-figures-service.ts';
import { findOrders } from '../orders/record/order-service.ts';
import { generalSettings } from '../settings/general-settings-service.ts';
import { approvalPage } from '../vouchers/approvals/approval-service.ts';
import { expiringBetween } from '../vouchers/ending/voucher-reminder-service.ts';
import { unpaidRefunds } from '../accounting/refunds/refund-list-service.ts';

/** A count that stops where counting further says nothing more. */
export interface Count {
  readonly count: number;
  readonly isMore: boolean;
}

export interface Dashboard {
  readonly currency: string;
  readonly liability: number;
  readonly flows: readonly MonthlyFlow[];
  readonly expiring: Count;
  readonly openOrders: Count;
  readonly partlyPaidOrders: Count;
  readonly heldCodes: Count;
  readonly openApprovals: Count;
  readonly openRefunds: Count;
  /** Orders whose money was taken back, about which nobody has decided. */
  readonly freeMoney: Count;
  readonly openChargebacks: Count;
  readonly failedMails: Count;
  /** Nobody knows whether they arrived. */
  readonly uncertainMails: Count;
  /** Came back after they had been sent. */
  readonly bouncedMails: Count;
  readonly failedJobs: Count;
  readonly nearBudget: readonly CampaignView[];
}

const MAX_COUNTED = 100;
export const EXPIRING_DAYS = 30;
export const NEAR_BUDGET_PERCENT = 80;
const MAX_CAMPAIGNS = 10;
const MONTHS = 12;

/** What somebody wants to see in the morning; every figure comes from the list it leads to. */
export async function dashboard(database: Database, { now, today }: Moment): Promise<Dashboard> {
  const { knex } = database;
  const { currency } = await generalSettings(knex);
  const rows = (await totals(knex, { from: null, to: today })).filter((row) => row.currency === currency);
  const owed = rows.reduce(
    (sum, { creditRole, debitRole, cents }) =>
      sum + (LIABILITY_ROLES.includes(creditRole) ? cents : 0) - (LIABILITY_ROLES.includes(debitRole) ? cents : 0),
    0,
  );
  const limit = MAX_COUNTED + 1;
  const orders = { brand: null, delivery: null, hasDifference: false, q: '', beforeId: null, limit };
  const [ordered, partlyPaid] = [
    await findOrders(database, { ...orders, state: 'ordered' }),
    await findOrders(database, { ...orders, state: 'partly_paid' }),
  ];
  const held = await heldPage(database, {
    voucherId: null,
    campaignId: null,
    reference: null,
    now,
    after: null,
    limit,
  });
  const mails = async (state: MailFilterState): Promise<number> =>
    (
      await mailPage(database, {
        state,
        event: null,
        recipient: null,
        entity: null,
        entityId: null,
        beforeId: null,
        limit,
      })
    ).items.length;
  return {
    currency,
    liability: owed,
    flows: everyMonth(await monthlyFlows(knex, firstMonthDay(today), currency), today),
    expiring: await expiringBetween(database, today, addDays(today, EXPIRING_DAYS)),
    openOrders: upTo(ordered.items.length),
    partlyPaidOrders: upTo(partlyPaid.items.length),
    heldCodes: upTo(held.items.length),
    openApprovals: upTo((await approvalPage(knex, { isOpen: true, after: null, limit })).items.length),
    openRefunds: upTo(await unpaidRefunds(database.knex, limit)),
    freeMoney: upTo(await countFreeMoney(knex, limit)),
    openChargebacks: upTo(await countOpenDisputes(knex, limit)),
    failedMails: upTo(await mails('failed')),
    uncertainMails: upTo(await mails('uncertain')),
    bouncedMails: upTo(await mails('bounced')),
    failedJobs: upTo((await listJobs(knex, { createdBy: null, state: 'failed', beforeId: null, limit })).length),
    nearBudget: await campaignsNearBudget(database, NEAR_BUDGET_PERCENT, MAX_CAMPAIGNS),
  };
}

/** The flows of the last twelve months, also of those without any. */
export async function lastTwelveMonths(
  database: Database,
  today: string,
): Promise<{ readonly currency: string; readonly flows: readonly MonthlyFlow[] }> {
  const { currency } = await generalSettings(database.knex);
  return { currency, flows: everyMonth(await monthlyFlows(database.knex, firstMonthDay(today), currency), today) };
}

function everyMonth(flows: readonly MonthlyFlow[], today: string): MonthlyFlow[] {
  return Array.from({ length: MONTHS }, (_unused, index) => {
    const month = monthBefore(today.slice(0, 7), MONTHS - 1 - index);
    return flows.find((flow) => flow.month === month) ?? { month, sold: 0, redeemed: 0 };
  });
}

function firstMonthDay(today: string): string {
  return `${monthBefore(today.slice(0, 7), MONTHS - 1)}-01`;
}

function monthBefore(month: string, count: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 - count;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

function upTo(count: number): Count {
  return { count: Math.min(count, MAX_COUNTED), isMore: count > MAX_COUNTED };
}
