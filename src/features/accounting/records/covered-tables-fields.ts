import { COVERED_BOOKS } from './covered-book-fields.ts';
import { COVERED_MONEY } from './covered-money-fields.ts';
import { COVERED_VOUCHERS } from './covered-voucher-fields.ts';
import type { CoveredTable } from './record-coverage-field.ts';

/** Every table that the books, their pages, files and exports rest on, with what finds a changed, a missing and an added row. */
export const COVERED_TABLES: readonly CoveredTable[] = [...COVERED_BOOKS, ...COVERED_VOUCHERS, ...COVERED_MONEY];

/** Nothing of the books rests on these, and why. */
export const NOT_OF_THE_BOOKS: Readonly<Record<string, string>> = {
  accounting_locks: 'a row to lock while work of its name runs',
  booking_samples: 'made-up bookings to try codes with',
  campaign_figures_cursor: 'how far figures of campaigns are added up; they can be added up again',
  campaign_months: 'sums of redemptions for pages of campaigns; they can be added up again',
  code_removals: 'how many unused codes were deleted; the protocol tells it too',
  code_shapes: 'how codes look, to tell a slip of the finger',
  export_bookings: 'waits for the files of a run, and goes with them',
  hold_lines: 'kept for a booking for a while; no money',
  holds: 'kept for a booking for a while; no money',
  idempotency_keys: 'answers to requests that may come twice',
  import_mappings: 'which column means what',
  import_outcomes: 'goes with the result of its import',
  jobs: 'work in the background; what it did stands in the tables it wrote',
  knex_migrations: 'which migrations ran',
  knex_migrations_lock: 'that one migration runs at a time',
  mail_holds: 'which mails wait',
  mail_notices: 'what was heard of mails',
  mail_texts: 'how mails are worded',
  mails: 'what was told; the books do not rest on it',
  motifs: 'pictures',
  order_links: 'secret links of buyers',
  order_people: 'data of persons, which goes before the books do',
  outbox: 'mails to be made',
  rate_limits: 'attempts',
  reminders: 'which reminders were sent',
  retired_codes: 'codes that are not given out again',
  rule_restrictions: 'what a voucher is good for; nothing is booked by it',
  saved_lists: 'views of lists',
  sessions: 'who is signed in',
  user_recovery_codes: 'signing in',
  user_tokens: 'signing in',
  voucher_bulk_outcomes: 'goes with the result of its job',
  voucher_pins: 'second secret of holders',
  voucher_recipients: 'data of persons, which goes before the books do',
};
