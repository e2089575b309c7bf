import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../../../src/features/catalogue/partner-service.ts';
import {
  chargeCommission,
  recordDealSale,
  recordPayout,
} from '../../../../src/features/vouchers/life/deal-sale-service.ts';
import { inTransaction, type Database } from '../../../../src/platform/data/db.ts';
import type { ApiClient } from '../../../support/api-client.ts';

const AUTHOR = {
  actor: 'test',
  moment: { now: Date.parse('2026-06-15T10:00:00Z'), today: '2026-06-15', timeZone: 'UTC' },
};

/** A partner that sells deals for us; an empty account: on the collective one. */
export async function agency(database: Database, id: string, debtorAccount: string): Promise<void> {
  await saveEntry(database, 'partner', { id, name: `${id.toUpperCase()} GmbH`, parent: null }, 'test', 1);
  const details = { ...DEFAULT_PARTNER_DETAILS, dealModel: 'agency', debtorAccount } as const;
  await inTransaction(database, (trx) => changePartnerDetails(trx, id, details, 'test', 1));
}

/** Deals of a partner, sold by one report; their ids. */
export async function soldDeals(
  { database, api }: { readonly database: Database; readonly api: ApiClient },
  partnerId: string,
  reportNumber: string,
  prices: readonly number[],
  soldOn = '2026-02-01',
): Promise<string[]> {
  const statementId = await statement(database, partnerId, reportNumber);
  const ids: string[] = [];
  for (const [index, price] of prices.entries()) {
    const made = await api.post('/vouchers', {
      type: 'deal',
      title: 'Deal',
      code: `${reportNumber}-${index}X`,
      paidAt: '2026-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
      restrictions: { partner: partnerId },
    });
    const voucherId = String(made.body.id);
    ids.push(voucherId);
    const sale = { voucherId, partnerId, statementId, documentNumber: reportNumber, price, soldOn };
    await inTransaction(database, (trx) => recordDealSale({ ...AUTHOR, trx }, sale, 'EUR'));
  }
  return ids;
}

/** The partner's invoice about its commission, and its payout for these deals. */
export async function settled(
  database: Database,
  ids: readonly string[],
  documentNumber: string,
  commission: { readonly net: number; readonly vat: number },
): Promise<void> {
  for (const id of ids)
    await inTransaction(database, async (trx) => {
      const invoice = { documentNumber, reason: 'RE-77', on: '2026-02-10' };
      await chargeCommission({ ...AUTHOR, trx }, id, commission, invoice);
      await recordPayout({ ...AUTHOR, trx }, id, 'sale', { documentNumber, reason: 'SEPA 9', on: '2026-02-20' });
    });
}

async function statement(database: Database, partnerId: string, documentNumber: string): Promise<string> {
  const [id] = await database.knex('partner_statements').insert({
    partner_id: partnerId,
    partner_kind: 'partner',
    kind: 'sales',
    document_number: documentNumber,
    from_on: '2026-02-01',
    to_on: '2026-02-28',
    currency: 'EUR',
    state: 'compared',
    file_key: 'x',
    file_name: 'x.csv',
    column_map: '{}',
    actor: 'test',
    created_at: 1,
  });
  return String(id);
}
