import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import { BOOKABLE_SALES } from '../sales/partner-sales-service.ts';
import { decide, PARTNER_STATEMENT_JOB, type PartnerStatementPayload } from './partner-statement-service.ts';
import { listStatementLines } from './partner-statement-store.ts';

const STEP = 100;

/** Books every row of a partner's statement that agrees, or every sale of its report, each in a transaction of its own that can be repeated. */
export function partnerStatementJob(shell: Shell & PartnerInvoicing): JobHandler {
  const { database, clock } = shell;
  return {
    kind: PARTNER_STATEMENT_JOB,
    async run(job) {
      const { statementId, paidOn, actor } = job.payload as PartnerStatementPayload;
      let after = job.cursor as string | null;
      let { done } = job;
      let untouched = 0;
      for (;;) {
        const lines = await listStatementLines(database.knex, statementId, {
          findings: ['agrees', ...BOOKABLE_SALES],
          isOpen: true,
          afterId: after,
          limit: STEP,
        });
        for (const { id } of lines) {
          try {
            await decide(shell, statementId, id, { kind: 'agreed', paidOn }, actor, clock.moment());
            done += 1;
          } catch (error) {
            // Changed since it was compared: it stays open, and the page compares it again.
            rethrowUnexpected(error);
            untouched += 1;
          }
          after = id;
          const progress = { done, cursor: after };
          await inTransaction(database, (trx) => job.advance(trx, progress));
        }
        if (lines.length < STEP)
          return { settled: done, untouched, page: `/admin/partner-settlements/statements/${statementId}` };
      }
    },
  };
}
