import { writeAudit } from '../../platform/data/audit.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { inTransaction, type Transaction } from '../../platform/data/db.ts';
import { JobFailure, type JobHandler } from '../../platform/jobs/job-queue.ts';
import { CATALOGUE_IMPORT_JOB, chunks, keyOf, planImport, type ImportPlan } from './catalogue-import-service.ts';
import { upsertEntries, type CatalogueKind } from './catalogue-store.ts';

/** All of the file or nothing of it. */
export function catalogueImportJob({ database, files, clock }: Shell): JobHandler {
  return {
    kind: CATALOGUE_IMPORT_JOB,
    async run(job) {
      const { kind, token, actor } = job.payload as {
        readonly kind: CatalogueKind;
        readonly token: string;
        readonly actor: string;
      };
      // The rows are committed, but the process ended before it could say so.
      if (job.cursor !== null) return job.cursor;
      const plan = await planImport(database, files, kind, token);
      if (plan === null) {
        throw new JobFailure({ code: 'file_gone' });
      }
      if (plan.problemCount > 0) throw new JobFailure({ code: 'import_problems', count: plan.problemCount });
      const result = { created: plan.created.length, changed: plan.changed.length, unchanged: plan.unchanged };
      await inTransaction(database, async (trx) => {
        await takeOver(trx, kind, plan, actor, clock.now());
        await job.advance(trx, { done: plan.created.length + plan.changed.length + plan.unchanged, cursor: result });
      });
      await files.remove(keyOf(token));
      return result;
    },
  };
}

async function takeOver(
  trx: Transaction,
  kind: CatalogueKind,
  plan: ImportPlan,
  actor: string,
  now: number,
): Promise<void> {
  const entries = [...plan.created, ...plan.changed.map(({ after }) => after)];
  // First all of them without a parent: a region may come before the one it lies in.
  for (const chunk of chunks(plan.created))
    await upsertEntries(
      trx,
      kind,
      chunk.map((entry) => ({ ...entry, parent: null })),
      now,
    );
  for (const chunk of chunks(entries)) await upsertEntries(trx, kind, chunk, now);
  const audits = [...plan.created.map((after) => ({ after })), ...plan.changed].map((changes) => ({
    recordedAt: now,
    actor,
    action: 'catalogue.import',
    entity: kind,
    entityId: changes.after.id,
    changes,
  }));
  for (const chunk of chunks(audits)) await writeAudit(trx, chunk);
}
