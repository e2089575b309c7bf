import type { Moment } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction, type Transaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { chargeCommission, recordPayout } from '../../vouchers/life/deal-sale-service.ts';
import { commissionShares, PARTNER_SALES_JOB, salesOf, type PartnerSalesPayload } from './partner-payout-service.ts';
import {
  findStatement,
  lockStatement,
  type CommissionInvoice,
  type Statement,
} from '../statements/partner-statement-store.ts';

interface Step {
  readonly book: (trx: Transaction, now: Statement, moment: Moment) => Promise<void>;
}

/** Books the commission or the payout of a report, sale by sale; each in a transaction of its own that can be repeated. */
export function partnerSalesJob({ database, clock }: Shell): JobHandler {
  return {
    kind: PARTNER_SALES_JOB,
    async run(job) {
      const { statementId, action, actor } = job.payload as PartnerSalesPayload;
      const statement = await findStatement(database.knex, statementId);
      if (statement === null) throw new Error('a report of sales that is not there');
      const sales = await salesOf(database.knex, statementId);
      const steps = action === 'commission' ? commissionSteps(statement, sales, actor) : payoutSteps(sales, actor);
      for (const [index, { book }] of steps.entries()) {
        if (index < job.done) continue;
        await inTransaction(database, async (trx) => {
          const current = await lockStatement(trx, statementId);
          if (current === null) throw new Error('a report of sales that is gone');
          await book(trx, current, clock.moment());
          await job.advance(trx, { done: index + 1, cursor: null });
        });
      }
      return { settled: steps.length, page: `/admin/partner-settlements/statements/${statementId}` };
    },
  };
}

type Sales = Awaited<ReturnType<typeof salesOf>>;

function commissionSteps({ commission, documentNumber }: Statement, { sold }: Sales, actor: string): Step[] {
  if (commission === null) return [];
  const entry = { documentNumber, on: commission.on, reason: commission.documentNumber };
  const shares = commissionShares(commission, sold);
  return sold.map(({ voucherId }, index) => ({
    async book(trx, now, moment) {
      const share = shares[index];
      // Another invoice took its place meanwhile, with a job of its own.
      if (share !== undefined && isSame(now.commission, commission))
        await chargeCommission({ trx, actor, moment }, voucherId, share, entry);
    },
  }));
}

function payoutSteps({ sold, refunded }: Sales, actor: string): Step[] {
  const step =
    (kind: 'sale' | 'refund') =>
    ({ voucherId }: { readonly voucherId: string }): Step => ({
      async book(trx, { payout, documentNumber }, moment) {
        if (payout === null) return;
        const entry = { documentNumber, on: payout.paidOn, reason: payout.reference };
        await recordPayout({ trx, actor, moment }, voucherId, kind, entry);
      },
    });
  return [...sold.map(step('sale')), ...refunded.map(step('refund'))];
}

function isSame(a: CommissionInvoice | null, b: CommissionInvoice): boolean {
  return a !== null && a.documentNumber === b.documentNumber && a.on === b.on && a.net === b.net && a.vat === b.vat;
}
