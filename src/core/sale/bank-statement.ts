/** One credit of a bank statement. */
export interface StatementLine {
  /** Of the account the money came to; empty where the file does not say. */
  readonly account: string;
  /** The bank's own mark of this booking, unique on the account; empty where it gives none. */
  readonly bankReference: string;
  readonly bookedOn: string;
  readonly cents: number;
  readonly currency: string;
  readonly payer: string;
  readonly purpose: string;
}

export interface StatementContent {
  readonly lines: readonly StatementLine[];
  /** What left the account, in amounts above 0; `payer` is empty. */
  readonly debits: readonly StatementLine[];
  /** Debits, reversals and bookings that are only announced. */
  readonly skipped: number;
}

/**
 * The numbers of orders a payer wrote, in any spelling a bank makes of them: `B-2026-000017`, `B2026000017`,
 * `B-2026-0000 17` are all B-2026-000017.
 */
export function orderNumbersIn(purpose: string): string[] {
  const tidy = purpose.toUpperCase().replaceAll(/[\s./_–—]+/g, '');
  const found = [...tidy.matchAll(/B-?(20\d{2})-?(\d{6,9})(?!\d)/g)].map(
    ([, year = '', number = '']) => `B-${year}-${number}`,
  );
  return [...new Set(found)];
}

/** The numbers of refunds that a debit names, in any spelling a bank makes of them: `ER 2026-000017` is ER-2026-000017. */
export function refundNumbersIn(purpose: string): string[] {
  const tidy = purpose.toUpperCase().replaceAll(/[\s./_–—]+/g, '');
  const found = [...tidy.matchAll(/ER-?(20\d{2})-?(\d{6,9})(?!\d)/g)].map(
    ([, year = '', number = '']) => `ER-${year}-${number}`,
  );
  return [...new Set(found)];
}

/** What of a credit stands in every format a bank hands out. */
export type CreditLook = Pick<StatementLine, 'account' | 'bookedOn' | 'cents' | 'currency' | 'payer' | 'purpose'>;

/**
 * Whether two lines of different files may be one credit. Day, amount and currency are equal and the accounts do not
 * contradict; then the order numbers decide where both name some, else the payer, else the purpose, read without spaces
 * and marks. `MUELLER GMBH`, 100,00 on one day in CAMT and in CSV are one; payers that differ are two; what says nothing fits. A person decides.
 */
export function mayBeSameCredit(one: CreditLook, other: CreditLook): boolean {
  if (one.bookedOn !== other.bookedOn || one.cents !== other.cents || one.currency !== other.currency) return false;
  if (one.account !== '' && other.account !== '' && one.account !== other.account) return false;
  const numbers = [orderNumbersIn(one.purpose), orderNumbersIn(other.purpose)] as const;
  if (numbers[0].length > 0 && numbers[1].length > 0) return numbers[0].some((number) => numbers[1].includes(number));
  const payers = [bare(one.payer), bare(other.payer)] as const;
  if (payers[0] !== '' && payers[1] !== '') return holdsOther(...payers);
  return holdsOther(bare(one.purpose), bare(other.purpose));
}

export type Proposal = 'exact' | 'part' | 'over' | 'done' | 'unknown' | 'several';

/**
 * What a credit means for the one order its purpose names. 100,00 for an order that wants 100,00 is exact; less is part,
 * more is over; an order that is over or paid is done, which a person must look at.
 */
export function proposalFor(cents: number, order: { readonly isOpen: boolean; readonly missing: number }): Proposal {
  if (!order.isOpen) return 'done';
  if (cents === order.missing) return 'exact';
  return cents < order.missing ? 'part' : 'over';
}

/** Banks write umlauts in either way and cut names at different lengths. */
function bare(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss');
  return plain.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function holdsOther(one: string, other: string): boolean {
  return one.includes(other) || other.includes(one);
}
