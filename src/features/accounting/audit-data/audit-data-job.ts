import type { Shell } from '../../../platform/process/feature.ts';
import type { JobFile } from '../../../platform/files/files.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { AUDIT_DATA_JOB, writeAuditData } from './audit-data-service.ts';
import { currentSetup } from '../ledger/setup-service.ts';

/** Packs the data for a tax auditor; the file is fetched from the page of the job. */
export function auditDataJob({ database, files, clock, config, i18n }: Shell): JobHandler {
  return {
    kind: AUDIT_DATA_JOB,
    async run(job) {
      const { from, to } = job.payload as { readonly from: string; readonly to: string };
      const { company } = (await currentSetup(database.knex)).setup;
      const file: JobFile = {
        key: `jobs/${job.id}/z3.zip`,
        name: `Z3_Gutscheine_${from}_${to}.zip`,
        mediaType: 'application/zip',
      };
      const supplier = {
        name: company.name === '' ? 'Reisebon' : company.name,
        location: company.place,
        comment: `Gutscheine vom ${from} bis ${to}, erstellt mit Reisebon`,
      };
      const { rows } = await writeAuditData(database.knex, await files.write(file.key), {
        from,
        to,
        supplier,
        dtdPath: config.auditDtdPath,
        madeAt: clock.now(),
        texts: { t: i18n.translator('de'), has: (key) => i18n.has(key) },
      });
      return { file, rows };
    },
  };
}
