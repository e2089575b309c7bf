/** The lines of the movement equation, in the order in which a report shows them. */
export const MOVEMENT_LINES = [
  'sold',
  'issued',
  'taken_over',
  'topped_up',
  'given_back',
  'transferred_in',
  'reactivated',
  'redeemed',
  'refunded',
  'charged_back',
  'transferred_out',
  'forfeited',
  'derecognised',
  'correction',
] as const;
export type MovementLine = (typeof MOVEMENT_LINES)[number];

const LINE_OF: Readonly<Record<string, MovementLine>> = {
  sale: 'sold',
  sale_reversal: 'sold',
  payment_in: 'sold',
  migrated: 'taken_over',
  issue: 'issued',
  top_up: 'topped_up',
  top_up_reversal: 'topped_up',
  redemption_reversal: 'given_back',
  transfer_in: 'transferred_in',
  reactivation: 'reactivated',
  redemption: 'redeemed',
  refund: 'refunded',
  chargeback: 'charged_back',
  chargeback_reversal: 'charged_back',
  transfer_out: 'transferred_out',
  forfeit: 'forfeited',
  forfeit_reversal: 'forfeited',
  derecognition: 'derecognised',
  correction: 'correction',
  deal_sale: 'sold',
  deal_refund: 'refunded',
  deal_use: 'redeemed',
  deal_use_reversal: 'given_back',
};

/**
 * Which line of the equation an event moves; what has no line of its own is a correction, so that the equation always
 * holds. Source: accounting.md 5.4. A redemption of 60,00 moves `redeemed` by -60,00.
 */
export function movementLineOf(event: string): MovementLine {
  return LINE_OF[event] ?? 'correction';
}

/**
 * What can be done with a voucher that is owed, for the ageing of the open items. `forfeited`: a rest that lapsed by its
 * rule; `time_barred`: that and what nobody redeemed, after the later of limitation and end.
 */
export const OPEN_STATES = ['redeemable', 'expired', 'forfeited', 'time_barred', 'blocked'] as const;
export type OpenState = (typeof OPEN_STATES)[number];

/** How long a voucher is still to be honoured: at most a year, up to five, longer, or without an end (§ 285 HGB). */
export const REMAINING_LIVES = ['year', 'five_years', 'longer', 'endless'] as const;
export type RemainingLife = (typeof REMAINING_LIVES)[number];
