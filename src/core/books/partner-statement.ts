/** Which column of a partner's file is what, and in which row the headings stand; columns count from 0, rows from 1. */
export interface StatementColumns {
  readonly headingRow: number;
  readonly code: number;
  readonly amount: number;
  /** null: the file says nothing about refused codes but by an amount of 0. */
  readonly status: number | null;
}

/** What a row of a partner's own statement turns out to be. */
export const STATEMENT_FINDINGS = [
  'agrees',
  'amount_differs',
  'rejected',
  'already_paid',
  'twice',
  'not_redeemed',
  'given_back',
  'taken_back',
  'other_partner',
  'unknown_code',
] as const;
export type StatementFinding = (typeof STATEMENT_FINDINGS)[number];

/** A row: what the partner pays for a code in minor units; 0: it refuses, below zero: it takes money back. */
export interface StatedDeal {
  /** What names the deal in `KnownDeals`, such as its voucher's id; null: no voucher has this code. */
  readonly deal: string | null;
  readonly cents: number;
}

export interface KnownRedemption {
  readonly lineId: string;
  /** What still counts of what was redeemed. */
  readonly counts: number;
  /** What the partner owes for it by our document, or by the contract where there is none. */
  readonly owed: number;
  readonly isPaid: boolean;
}

export interface KnownDeal {
  readonly isOfPartner: boolean;
  /** Oldest first. */
  readonly redemptions: readonly KnownRedemption[];
}

export interface StatementJudgement {
  readonly finding: StatementFinding;
  /** The redemption the row is about; null: none. */
  readonly lineId: string | null;
  readonly expected: number | null;
}

/**
 * What each row of a statement is about, in the order of the rows; a redemption is paid by one row only. Source: the four
 * classes of accounting.md 5.5 (paid but never travelled, travelled but not paid, amount differs, code twice) and D8.
 * A code redeemed once over 840,00 with 714,00 owed: a row of 714,00 `agrees`, one of 700,00 `amount_differs`, one of
 * 0,00 is `rejected`, and a second row with the code is `twice`. What no row is about was travelled but not paid.
 */
export function judgeStatement(
  rows: readonly StatedDeal[],
  deals: ReadonlyMap<string, KnownDeal>,
): StatementJudgement[] {
  const taken = new Set<string>();
  const seen = new Set<string>();
  return rows.map(({ deal, cents }) => {
    const known = deal === null ? undefined : deals.get(deal);
    if (deal === null || known === undefined) return nothing('unknown_code');
    if (!known.isOfPartner) return nothing('other_partner');
    if (cents < 0) return nothing('taken_back');
    const isRepeated = seen.has(deal);
    seen.add(deal);
    const due = known.redemptions.filter(({ lineId, counts, isPaid }) => counts > 0 && !isPaid && !taken.has(lineId));
    const found = due.find(({ owed }) => owed === cents) ?? due[0];
    if (found !== undefined) {
      taken.add(found.lineId);
      const finding = cents === found.owed ? 'agrees' : cents === 0 ? 'rejected' : 'amount_differs';
      return { finding, lineId: found.lineId, expected: found.owed };
    }
    if (isRepeated) return nothing('twice');
    const paid = known.redemptions.find(({ counts }) => counts > 0);
    if (paid !== undefined) return { finding: 'already_paid', lineId: paid.lineId, expected: paid.owed };
    const [back] = known.redemptions;
    return back === undefined ? nothing('not_redeemed') : { finding: 'given_back', lineId: back.lineId, expected: 0 };
  });
}

function nothing(finding: StatementFinding): StatementJudgement {
  return { finding, lineId: null, expected: null };
}
