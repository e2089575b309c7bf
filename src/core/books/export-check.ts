import { bookingGroups, type EntryBooking } from './export/booking-group.ts';
import type { AccountingSetup } from './chart-of-accounts.ts';
import { profileOf, shortenedBy, type ExportProfile } from './export/export-profiles.ts';
import { ownerNumber } from './ledger-event.ts';
import {
  isTransfer,
  judge,
  problemsOfSetup,
  transferLeg,
  type DatevBooking,
  type DatevEntry,
  type ExportNote,
  type ExportProblem,
  type SkipReason,
} from './datev-booking.ts';

export interface AccountSum {
  readonly account: string;
  readonly currency: string;
  readonly debit: number;
  readonly credit: number;
  readonly bookings: number;
}

export interface CurrencySum {
  readonly currency: string;
  readonly bookings: number;
  readonly cents: number;
}

/** All that is known of the entries of a run before a byte of it is written. */
export interface ExportCheck {
  readonly entries: number;
  readonly problems: readonly ExportProblem[];
  /** How many problems there are in all; the list ends earlier. */
  readonly problemCount: number;
  /** What stands there instead of what was entered; the list ends earlier than the count. */
  readonly notes: readonly ExportNote[];
  readonly noteCount: number;
  readonly accounts: readonly AccountSum[];
  readonly currencies: readonly CurrencySum[];
  readonly skipped: ReadonlyMap<SkipReason, readonly number[]>;
  readonly skippedCurrencies: readonly string[];
  readonly transfers: 'export' | 'skip';
}

export type { EntryBooking };

export const MAX_PROBLEMS_TOLD = 200;
/** So many notes a run keeps for its protocol; each number is noted once. */
export const MAX_NOTES_KEPT = 10_000;

export interface ExportChecker {
  /** Looks at the next entry; null: it is left out, has a problem, or waits for the end. */
  look(entry: DatevEntry): EntryBooking | null;
  /** What is known of them all, and the bookings of those that had to wait. */
  end(): { readonly check: ExportCheck; readonly late: readonly EntryBooking[] };
}

type SetupOf = (entry: DatevEntry) => AccountingSetup;

/**
 * Judges every entry of a run once, one after the other. Transfers between vouchers stay in the sub-ledger as long as
 * they begin and end on the same account; where one changes the account, all of them are exported over the account of
 * TRANSFER. So they wait until all are seen. `setupOf` names the setup whose accounts an entry stands on where that is not
 * the one of the run: January closed with 1796 and exported after V_KAUF became 1797 says 1796.
 */
export function exportChecker(setup: AccountingSetup, setupOf: SetupOf = () => setup): ExportChecker {
  const problems = createProblems(problemsOfSetup(setup));
  const sums = createSums();
  const notes = createNotes(profileOf(setup.export));
  const skips = createSkips();
  const groups = bookingGroups();
  const moves = createTransfers(setupOf);
  let entries = 0;

  function take(entry: DatevEntry, transfers: ExportCheck['transfers']): EntryBooking | null {
    const judgement = judge(setupOf(entry), entry, transfers);
    switch (judgement.kind) {
      case 'problem':
        problems.add(judgement.problems);
        return null;
      case 'skip':
        skips.add(judgement.reason, entry);
        return null;
      case 'booking':
        notes.add(judgement.notes, entry, judgement.booking);
        if (groups.hold(entry, judgement.booking)) return null;
        sums.add(judgement.booking);
        return { entryId: entry.id, booking: judgement.booking };
    }
  }

  return {
    look(entry) {
      entries += 1;
      return moves.hold(entry) ? null : take(entry, 'export');
    },
    end() {
      const { transfers, waiting } = moves.end();
      const { lines, contained } = groups.end();
      for (const { booking } of lines) sums.add(booking);
      for (const entry of contained) skips.add('grouped', entry);
      const late = [...waiting.flatMap((entry) => take(entry, transfers) ?? []), ...lines];
      const told = { ...problems.told(), ...notes.told(), ...sums.told(), ...skips.told() };
      return { check: { entries, ...told, transfers }, late };
    },
  };
}

/** Transfers wait until all are seen. */
function createTransfers(setupOf: SetupOf) {
  const waiting: DatevEntry[] = [];
  const moved = new Map<string, number>();
  return {
    hold(entry: DatevEntry): boolean {
      if (!isTransfer(entry)) return false;
      const leg = transferLeg(setupOf(entry), entry);
      moved.set(leg.account, (moved.get(leg.account) ?? 0) + leg.cents);
      waiting.push(entry);
      return true;
    },
    end(): { readonly transfers: ExportCheck['transfers']; readonly waiting: readonly DatevEntry[] } {
      return { transfers: [...moved.values()].some((cents) => cents !== 0) ? 'export' : 'skip', waiting };
    },
  };
}

/** What the profile of the run has no room for. */
function shortenedNotes(profile: ExportProfile | null, entry: DatevEntry, booking: DatevBooking): ExportNote[] {
  if (profile === null) return [];
  const profiled = { ...booking, journalNumber: entry.journalNumber ?? 0 };
  return shortenedBy(profile, profiled).map(({ value, used }) => ({
    code: 'shortened',
    entryId: entry.id,
    voucher: ownerNumber(entry),
    value,
    used,
  }));
}

function createProblems(ofSetup: readonly ExportProblem[]) {
  const problems: ExportProblem[] = [...ofSetup];
  const seen = new Set<string>();
  let problemCount = problems.length;
  return {
    add(found: readonly ExportProblem[]): void {
      for (const problem of found) {
        problemCount += 1;
        // A missing account is one thing to do, however many entries wait for it.
        const isOncePerValue = problem.code === 'account_missing' || problem.code === 'account_wrong';
        const key = `${problem.code} ${problem.value}`;
        if (isOncePerValue && seen.has(key)) continue;
        seen.add(key);
        if (problems.length < MAX_PROBLEMS_TOLD) problems.push(problem);
      }
    },
    told: () => ({ problems, problemCount }),
  };
}

function createNotes(profile: ExportProfile | null) {
  const notes: ExportNote[] = [];
  const seen = new Set<string>();
  return {
    /** A number is one thing to know, however many entries have it. */
    add(found: readonly ExportNote[], entry: DatevEntry, booking: DatevBooking): void {
      for (const note of [...found, ...shortenedNotes(profile, entry, booking)]) {
        const key = `${note.code} ${note.value}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (notes.length < MAX_NOTES_KEPT) notes.push(note);
      }
    },
    told: () => ({ notes, noteCount: seen.size }),
  };
}

function createSkips() {
  const skipped = new Map<SkipReason, number[]>();
  const currencies = new Set<string>();
  return {
    add(reason: SkipReason, { id, currency }: DatevEntry): void {
      currencies.add(currency);
      const known = skipped.get(reason);
      if (known === undefined) skipped.set(reason, [id]);
      else known.push(id);
    },
    told: () => ({ skipped, skippedCurrencies: [...currencies].sort() }),
  };
}

function createSums() {
  const accounts = new Map<string, AccountSum>();
  const currencies = new Map<string, CurrencySum>();
  const move = (account: string, currency: string, debit: number, credit: number): void => {
    const key = `${account} ${currency}`;
    const known = accounts.get(key) ?? { account, currency, debit: 0, credit: 0, bookings: 0 };
    accounts.set(key, {
      ...known,
      debit: known.debit + debit,
      credit: known.credit + credit,
      bookings: known.bookings + 1,
    });
  };
  return {
    /** A Generalumkehr takes back on the side of the first booking, so it counts as less there. */
    add({ debit, credit, cents, currency, isGeneralReversal }: DatevBooking): void {
      const signed = isGeneralReversal ? -cents : cents;
      move(debit, currency, signed, 0);
      move(credit, currency, 0, signed);
      const known = currencies.get(currency) ?? { currency, bookings: 0, cents: 0 };
      currencies.set(currency, { currency, bookings: known.bookings + 1, cents: known.cents + cents });
    },
    told: () => ({
      accounts: [...accounts.values()].sort((a, b) => (a.account + a.currency < b.account + b.currency ? -1 : 1)),
      currencies: [...currencies.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    }),
  };
}
