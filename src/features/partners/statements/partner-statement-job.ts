import { STATEMENT_RULES } from '../../../core/books/partner-model.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { PartnerInvoicing } from '../invoices/partner-invoice-service.ts';
import { decide } from './partner-decision-service.ts';
import { listStatementLines } from './partner-statement-line-store.ts';
import { PARTNER_STATEMENT_JOB, readStatement, type PartnerStatementPayload } from './partner-statement-service.ts';

const STEP = 100;

/** Books every row of a partner's statement that agrees, or every sale of its report, each in a transaction of its own that can be repeated. */
export function partnerStatementJob(shell: Shell & PartnerInvoicing): JobHandler {
  const { database } = shell;
  return {
    kind: PARTNER_STATEMENT_JOB,
    async run(job) {
      const { statementId } = job.payload as PartnerStatementPayload;
      const { kind } = await readStatement(database.knex, statementId);
      let after = job.cursor as string | null;
      let { done } = job;
      let untouched = 0;
      for (;;) {
        const lines = await listStatementLines(database.knex, statementId, {
          findings: STATEMENT_RULES[kind].bookable,
          isOpen: true,
          afterId: after,
          limit: STEP,
        });
        for (const { id } of lines) {
          if (await bookAgreed(shell, job.payload as PartnerStatementPayload, id)) done += 1;
          else untouched += 1;
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

/** False: changed since it was compared. It stays open, and the page compares it again. */
async function bookAgreed(
  shell: Shell & PartnerInvoicing,
  { statementId, paidOn, actor }: PartnerStatementPayload,
  lineId: string,
): Promise<boolean> {
  const author = { actor, moment: shell.clock.moment() };
  try {
    await decide(shell, author, { statementId, lineId }, { kind: 'agreed', paidOn });
    return true;
  } catch (error) {
    rethrowUnexpected(error);
    return false;
  }
}
