import { LEDGER_EVENTS } from '../../../core/books/ledger-event.ts';
import type { Locals } from 'express';
import { storedRolesOf } from '../../../core/books/postings.ts';
import type { Database } from '../../../platform/data/db.ts';
import { readLedgerPage } from '../../accounting/ledger/ledger-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { actorName } from '../form/voucher-aside-view.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

type Words = Pick<Locals, 't' | 'locale'>;
type LedgerPage = Awaited<ReturnType<typeof readLedgerPage>>;

const ENTRIES = 200;

/** So many entries of a voucher's value, those before an entry or the newest. */
export function voucherLedger(database: Database, voucher: VoucherView, before: number | null): Promise<LedgerPage> {
  return readLedgerPage(database.knex, voucher.id, rolesOf(voucher), { before, limit: ENTRIES });
}

function rolesOf({ type, funding }: VoucherView): readonly string[] {
  return type === 'deal' ? ['V_DEAL'] : storedRolesOf(type, funding);
}

export function ledgerLines(entries: LedgerPage['entries'], names: ReadonlyMap<string, string>, t: Words['t']) {
  return entries.map(
    ({
      event,
      actor,
      reason,
      posted_on: postedOn,
      debit_role: debit,
      credit_role: credit,
      cents,
      balance,
      booking_number: bookingNumber,
      document_number: documentNumber,
    }) => ({
      event,
      reason: reason ?? '',
      postedOn,
      debit,
      credit,
      cents,
      balance,
      actorText: actorName(actor, names, t),
      eventText: eventText(event, t),
      ...linkOf(event, bookingNumber, documentNumber),
    }),
  );
}

/** Where more stands: the booking it paid, or the refund that was decided. */
function linkOf(event: string, bookingNumber: string | null, documentNumber: string | null) {
  if (bookingNumber !== null) return { linkText: bookingNumber, href: bookingHref(bookingNumber) };
  if (event !== 'refund' || documentNumber === null) return { linkText: '', href: '' };
  return { linkText: documentNumber, href: `/admin/refunds?state=all&text=${encodeURIComponent(documentNumber)}` };
}

export function bookingHref(bookingNumber: string): string {
  return `/admin/redemptions?bookingNumber=${encodeURIComponent(bookingNumber)}`;
}

/** Of those who did what these rows tell. */
export async function actorNames(
  database: Database,
  rows: readonly { readonly actor: string }[],
): Promise<ReadonlyMap<string, string>> {
  return namesOfActors(database, [...new Set(rows.map(({ actor }) => actor))]);
}

function eventText(event: string, t: Words['t']): string {
  return LEDGER_EVENTS.includes(event) ? t(`vouchers:event.${event}`) : event;
}
