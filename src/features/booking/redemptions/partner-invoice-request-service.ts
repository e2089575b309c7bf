import type { Transaction } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';

export const PARTNER_INVOICES_JOB = 'partner-invoices';

export interface PartnerInvoicesPayload {
  readonly redemptionId: string;
}

/**
 * Asks for the invoices to the partners of a redemption to be brought in line with it, in the transaction that redeemed or
 * gave back. They are made right after, so that a hot redemption never waits for the number circle of the invoices.
 */
export async function requestPartnerInvoices(
  trx: Transaction,
  request: { readonly redemptionId: string; readonly cause: string },
  actor: string,
  now: number,
): Promise<void> {
  const payload: PartnerInvoicesPayload = { redemptionId: request.redemptionId };
  await insertJob(trx, {
    kind: PARTNER_INVOICES_JOB,
    payload,
    total: null,
    createdBy: actor,
    now,
    dedupeKey: `${PARTNER_INVOICES_JOB}:${request.cause}`,
  });
}
