import type { Moment } from '../../../platform/process/clock.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { isDeliverable, type VoucherDocuments } from '../../vouchers/printing/voucher-document-service.ts';
import { preparePin, savePins } from '../../vouchers/record/voucher-pin-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import { findHolder } from './holder-store.ts';

/**
 * Mails a new PIN to the address that is known for the voucher, never to another one; the earlier PIN ends with it.
 * Answers the address; null: none is known, or the voucher is over, and nothing changed.
 */
export async function mailNewPin(
  { database, mails, baseUrl }: VoucherDocuments,
  id: string,
  locale: Locale,
  actor: string,
  moment: Moment,
): Promise<string | null> {
  const prepared = await preparePin();
  const voucher = await findVoucher(database, id, moment);
  const to =
    voucher.recipient?.email ??
    voucher.restrictions.customer?.email ??
    (await findHolder(database.knex, [id]))?.email ??
    null;
  if (to === null || !isDeliverable(voucher)) return null;
  await inTransaction(database, async (trx) => {
    await savePins(trx, [id], prepared.hash, moment.now);
    await mails.queue(
      trx,
      {
        event: 'voucher_pin',
        dedupeKey: `voucher:${id}:pin:${prepared.hash}`,
        locale,
        brand: voucher.restrictions.brand,
        to: { email: to, name: voucher.recipient?.name ?? null },
        values: {
          name: voucher.recipient?.name ?? '',
          title: voucher.title,
          pin: prepared.pin,
          balanceLink: `${baseUrl}/v`,
        },
        secrets: [prepared.pin],
        attachments: [],
        sendAfter: moment.now,
        about: { entity: 'voucher', id },
      },
      moment.now,
    );
    await writeAudit(trx, [
      { recordedAt: moment.now, actor, action: 'voucher.new_pin', entity: 'voucher', entityId: id, changes: null },
    ]);
  });
  return to;
}
