import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { readRedemption } from '../../booking/redemptions/redemption-service.ts';
import type { RestMailPayload } from '../../booking/redemptions/rest-mail-request-service.ts';
import { isDeliverable, mailVoucher, type VoucherDocuments } from '../../vouchers/printing/voucher-document-service.ts';
import { familyOf } from '../../vouchers/succession/voucher-family-service.ts';
import { prepareFirstPin } from '../../vouchers/record/voucher-pin-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import { changeVoucherIn } from '../../vouchers/life/voucher-change-service.ts';
import { findHolder } from './holder-store.ts';

interface Holder {
  readonly email: string;
  readonly name: string | null;
  readonly locale: Locale;
}

/**
 * Mails the new code of a rest with its PIN and PDF to whoever redeemed the code before, or else to whom that one went;
 * false: nobody's address is known, or the voucher is over already.
 */
export async function mailRestVoucher(
  documents: VoucherDocuments,
  { voucherId, redemptionId }: RestMailPayload,
  actor: string,
  moment: Moment,
): Promise<boolean> {
  const { database } = documents;
  const voucher = await findVoucher(database, voucherId, moment);
  if (!isDeliverable(voucher)) return false;
  const { booking, bookingNumber } = await readRedemption(database, redemptionId);
  const holder = await holderOf(documents, voucherId, booking.customer?.email ?? null, moment);
  if (holder === null) return false;
  const firstPin = await prepareFirstPin(database.knex, voucherId);
  await inTransaction(database, async (trx) => {
    // Known from now on, so that a new PIN or the same mail can be asked for.
    if (voucher.recipient === null)
      await changeVoucherIn(
        { trx, actor, moment },
        voucherId,
        { recipient: { name: holder.name, email: holder.email } },
        null,
      );
    await mailVoucher(
      documents,
      trx,
      voucherId,
      { to: holder.email, locale: holder.locale, attempt: 'rest', firstPin, restOf: bookingNumber },
      actor,
      moment,
    );
  });
  return true;
}

async function holderOf(
  { database }: VoucherDocuments,
  voucherId: string,
  redeemer: string | null,
  moment: Moment,
): Promise<Holder | null> {
  const { members } = await familyOf(database, voucherId, moment);
  const bought = await findHolder(
    database.knex,
    members.map(({ id }) => id),
  );
  const locale = bought?.locale ?? 'de';
  const named =
    members.flatMap(({ recipient }) =>
      recipient?.email == null ? [] : [{ email: recipient.email, name: recipient.name, locale }],
    )[0] ?? null;
  const known = named ?? (bought === null ? null : { email: bought.email, name: bought.name, locale });
  if (redeemer === null) return known;
  return known?.email.toLowerCase() === redeemer.toLowerCase() ? known : { email: redeemer, name: null, locale };
}
