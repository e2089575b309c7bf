import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { runParts } from './partner-invoice-document-service.ts';
import { invoicesOfRun, type PartnerInvoice, type PartnerInvoicing } from './partner-invoice-service.ts';

export const PARTNER_RUN_JOB = 'partner-settlement-run';

/** `invoice`: everything these days still need; `pay`: all open invoices over them were paid. */
export type PartnerRunPayload = {
  readonly partnerId: string;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
} & (
  | { readonly action: 'invoice' }
  | { readonly action: 'pay'; readonly paidOn: string; readonly reference: string | null }
);

/** The id of the job that does it. */
export function queuePartnerRun(database: Database, payload: PartnerRunPayload, now: number): Promise<string> {
  return inTransaction(database, async (trx) => {
    const { partnerId, actor, action, ...rest } = payload;
    const id = await insertJob(trx, { kind: PARTNER_RUN_JOB, payload, total: null, createdBy: actor, now });
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: `partner_run.${action}`,
        entity: 'partner',
        entityId: partnerId,
        changes: { ...rest, job: id },
      },
    ]);
    return id;
  });
}

/** One mail with everything a run made, where the partner has an address for invoices; asked again it is not sent twice. */
export async function mailRun({ database, mails }: PartnerInvoicing, runJobId: string, now: number): Promise<boolean> {
  const documents = await invoicesOfRun(database.knex, runJobId);
  const last = documents.at(-1);
  if (last === undefined || last.document.partnerEmail === '') return false;
  const { partner, partnerEmail } = last.document;
  const days = documents.map(({ document }) => document.redeemedOn).toSorted();
  const sumIn = (currency: string): number =>
    documents
      .filter((one) => one.currency === currency)
      .reduce((sum, one) => sum + (isCancellation(one) ? -one.owed : one.owed), 0);
  const currencies = [...new Set(documents.map(({ currency }) => currency))];
  return inTransaction(database, (trx) =>
    mails.queue(
      trx,
      {
        event: 'partner_run',
        dedupeKey: `partner-run:${runJobId}`,
        locale: 'de',
        brand: null,
        to: { email: partnerEmail, name: partner },
        values: {
          partnerName: partner,
          from: formatDay(days[0] ?? '', 'de'),
          until: formatDay(days.at(-1) ?? '', 'de'),
          invoices: String(documents.filter((one) => !isCancellation(one)).length),
          cancellations: String(documents.filter(isCancellation).length),
          amount: currencies.map((currency) => formatMoney(sumIn(currency), currency, 'de')).join(' + '),
        },
        secrets: [],
        attachments: [{ kind: 'partner_run_parts', ids: runParts(runJobId, documents.length) }],
        sendAfter: now,
        about: { entity: 'partner', id: last.partnerId },
      },
      now,
    ),
  );
}

export function isCancellation({ state }: PartnerInvoice): boolean {
  return state === 'cancellation';
}
