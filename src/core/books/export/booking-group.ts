import { toCp1252Text } from '../cp1252-text.ts';
import type { DatevBooking, DatevEntry } from '../datev-booking.ts';
import { MAX_DATEV_CENTS } from '../document-field.ts';
import { eventText } from '../ledger-event.ts';
import { oneLine } from '../../text.ts';

/** What a partner pays or invoices for many deals at once, by what the bank or its invoice shows as one figure. */
const ONE_LINE: Readonly<Record<string, string | undefined>> = {
  deal_payout: 'deal_payout',
  deal_commission: 'deal_commission',
  deal_commission_reversal: 'deal_commission',
};

/** An entry of the run as the booking it leaves the house with. */
export interface EntryBooking {
  readonly entryId: number;
  readonly booking: DatevBooking;
}

export interface BookingGroups {
  /** Keeps a booking that is to be one line with others; false: it stands for itself. */
  hold(entry: DatevEntry, booking: DatevBooking): boolean;
  /** One line a group, and the entries that are in a line of another one, by currency. */
  end(): { readonly lines: readonly EntryBooking[]; readonly contained: readonly DatevEntry[] };
}

interface Held {
  readonly entry: DatevEntry;
  readonly booking: DatevBooking;
}

/**
 * Puts the entries of one document of a partner together, though the ledger keeps them voucher by voucher: the bank shows one
 * payout, not one a voucher. Three payouts of 81,15: one line of 243,45; one of them kept back: 81,15. What comes to nothing is no
 * line. Amounts in minor units, each the exact sum of its entries. Source: accounting.md 9 (one line per bank movement).
 */
export function bookingGroups(): BookingGroups {
  const groups = new Map<string, Held[]>();
  return {
    hold(entry, booking) {
      const kind = ONE_LINE[entry.event];
      if (kind === undefined) return false;
      const accounts = [booking.debit, booking.credit].sort();
      const { postedOn, currency, partnerId = null } = entry;
      const key = JSON.stringify([
        kind,
        booking.documentField1,
        entry.reason ?? '',
        postedOn,
        currency,
        partnerId,
        accounts,
      ]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, [{ entry, booking }]);
      else known.push({ entry, booking });
      return true;
    },
    end() {
      const lines: EntryBooking[] = [];
      const contained: DatevEntry[] = [];
      for (const held of groups.values()) {
        const line = lineOf(held);
        lines.push(...line);
        const told = new Set(line.map(({ entryId }) => entryId));
        contained.push(...held.flatMap(({ entry }) => (told.has(entry.id) ? [] : [entry])));
      }
      return { lines, contained };
    },
  };
}

function lineOf(held: readonly Held[]): EntryBooking[] {
  const [first] = held;
  if (first === undefined) return [];
  const alone = held.map(({ entry, booking }) => ({ entryId: entry.id, booking }));
  const { debit, credit } = first.booking;
  const net = held.reduce((sum, { booking }) => {
    const isSameSide = (booking.debit === debit) !== booking.isGeneralReversal;
    return sum + (isSameSide !== first.booking.isGeneralReversal ? booking.cents : -booking.cents);
  }, 0);
  // Alone it says which voucher it is about; more than the format has room for stays apart.
  if (held.length === 1 || Math.abs(net) > MAX_DATEV_CENTS) return alone;
  if (net === 0) return [];
  const [left, right] = net > 0 ? [debit, credit] : [credit, debit];
  const { entry, booking } = first;
  const event = eventText(entry.event);
  const reference = toCp1252Text(oneLine(entry.reason ?? '')).text;
  return [
    {
      entryId: entry.id,
      booking: {
        ...booking,
        cents: Math.abs(net),
        debit: left,
        credit: right,
        documentField2: '',
        text: `${event}, ${held.length} Gutscheine${reference === '' ? '' : `, ${reference}`}`.slice(0, 60),
        additions: [
          ['Gutscheine', String(held.length)],
          ['Vorgang', entry.journalNumber === null ? event : `${event}, Journal ${entry.journalNumber} und weitere`],
          ...(reference === '' ? [] : [['Referenz', reference] as const]),
        ],
      },
    },
  ];
}
