import { firstDayOf, lastDayOf } from '../../core/month.ts';
import type { Database } from '../../platform/data/db.ts';
import { listJobs } from '../../platform/jobs/job-store.ts';
import { comparisonsOf, type Comparison } from '../accounting/closing/comparison-service.ts';
import { listPeriods } from '../accounting/closing/period-service.ts';
import { unmarkedRuns } from '../accounting/closing/export-mark-service.ts';
import { countOpen } from '../accounting/datev/export-run-service.ts';
import { unpaidRefunds } from '../accounting/refunds/refund-list-service.ts';
import { bookAccounts, liabilityReport } from '../accounting/reports/liability-service.ts';
import { shiftPage } from '../counter/till/shift-service.ts';
import { proposedLines } from '../orders/bank-statements/bank-statement-service.ts';
import { countOpenDisputes } from '../orders/payments/dispute-figures-service.ts';
import { findOrders } from '../orders/record/order-service.ts';
import { invoicePage } from '../partners/invoices/partner-invoice-service.ts';

export const MONTH_END_STEPS = [
  'exported',
  'imported',
  'compared',
  'refunds',
  'chargebacks',
  'bank_lines',
  'paid_orders',
  'jobs',
  'shifts',
  'partner_invoices',
] as const;
export type MonthEndStep = (typeof MONTH_END_STEPS)[number];

/** What is left to do before a month is closed; counts stop at `MAX_COUNTED`. */
export interface MonthEnd {
  readonly month: string;
  readonly isClosed: boolean;
  /** It is the one to close, and may be closed today. */
  readonly isNext: boolean;
  readonly counts: Readonly<Record<MonthEndStep, number>>;
  readonly comparisons: readonly Comparison[];
}

export const MAX_COUNTED = 100;

/** The list somebody works through at the end of a month; null: nothing was posted in that month. */
export async function monthEnd(database: Database, month: string, today: string): Promise<MonthEnd | null> {
  const period = (await listPeriods(database.knex, today)).find((one) => one.month === month);
  if (period === undefined) return null;
  const comparisons = await comparisonsOf(database.knex, lastDayOf(month));
  return {
    month,
    isClosed: period.closed !== null,
    isNext: period.isNext,
    comparisons,
    counts: { ...(await countsOfBooks(database, month, comparisons)), ...(await countsOfWork(database)) },
  };
}

async function countsOfBooks({ knex }: Database, month: string, comparisons: readonly Comparison[]) {
  const { columns } = await liabilityReport(knex, { from: firstDayOf(month), on: lastDayOf(month), knownUntil: null });
  const agreed = new Set(
    comparisons
      .filter(({ expected, actual }) => expected === actual)
      .map(({ account, currency }) => `${account}-${currency}`),
  );
  return {
    exported: await countOpen(knex, { fromMonth: month, toMonth: month }),
    imported: await unmarkedRuns(knex, month),
    compared: bookAccounts(columns).filter(({ key }) => !agreed.has(key)).length,
  };
}

async function countsOfWork(database: Database) {
  const { knex } = database;
  const limit = MAX_COUNTED;
  const jobs = async (state: 'failed' | 'queued' | 'running'): Promise<number> =>
    (await listJobs(knex, { createdBy: null, state, beforeId: null, limit })).length;
  const invoices = { state: 'open', partnerId: null, voucherId: null, redemptionId: null } as const;
  const orders = { brand: null, delivery: null, hasDifference: false, q: '', beforeId: null, limit } as const;
  return {
    refunds: await unpaidRefunds(knex, limit),
    chargebacks: await countOpenDisputes(knex, limit),
    bank_lines: (await proposedLines(knex, 'open', null, limit)).length,
    paid_orders: (await findOrders(database, { ...orders, state: 'partly_paid' })).items.length,
    jobs: (await jobs('failed')) + (await jobs('queued')) + (await jobs('running')),
    shifts: (await shiftPage(knex, null, limit)).items.filter(({ closedAt }) => closedAt === null).length,
    partner_invoices: (await invoicePage(database, { ...invoices, number: '', runJobId: null, beforeId: null, limit }))
      .items.length,
  };
}
