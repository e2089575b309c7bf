import type { CoveredTable, Telling } from './record-coverage-field.ts';

const TOUCHED = 'version updated_at';
const REDEMPTION: Telling = { entity: 'redemption', id: 'redemption_id' };
const STATEMENT: Telling = { entity: 'partner_statement' };
const CODES: Telling = { entity: 'campaign', id: 'campaign_id', isLong: true };
/** What deletes codes that were never used, rules and all. */
const TIDYING: Telling = { entity: 'tidying' };

/** Vouchers and what was done with them. */
export const COVERED_VOUCHERS: readonly CoveredTable[] = [
  {
    table: 'vouchers',
    key: 'id',
    fixed: 'type rules_id campaign_id generation_id created_at',
    state: `code normalised_code number paid_on is_deactivated cancelled_at refunded_at derecognised_at replaced_by_id
      original_value bonus_value extended_until acknowledged_on topped_up_on has_forfeited booking_ref invoice_ref carried_uses`,
    told: [
      { entity: 'voucher', id: 'id' },
      { entity: 'redemption', action: 'redemption.reverse' },
      { entity: 'redemption', action: 'redemption.create' },
      CODES,
      { entity: 'order' },
      { entity: 'derecognition' },
      STATEMENT,
      { entity: 'job' },
      TIDYING,
    ],
    elsewhere: {
      balance: 'balance',
      bonus_balance: 'bonus',
      uses: 'uses',
      ledger_count: 'entry_count',
      ledger_head: 'chain_head',
      forfeited: 'forfeited',
    },
    beside: { 'when it changed': TOUCHED, 'what lists show': 'archived_at', 'a note of the staff': 'note' },
  },
  {
    table: 'voucher_rules',
    key: 'id',
    state: `type currency title multiplier max_amount original_value book_from book_until travel_from travel_until brand_kind brand_id
      partner_kind partner_id channels min_travellers max_uses max_uses_per_customer is_exclusive deal funding residual
      refund_on_expiry`,
    told: [
      { entity: 'voucher' },
      { entity: 'campaign' },
      { entity: 'redemption' },
      { entity: 'order' },
      { entity: 'job' },
      TIDYING,
    ],
    beside: { 'of a person': 'customer_id customer_email', 'how it is printed': 'motif_id message' },
  },
  {
    table: 'rule_tiers',
    key: 'rules_id min_trip_price',
    state: 'amount basis_points',
    told: [
      { entity: 'voucher' },
      { entity: 'campaign' },
      { entity: 'redemption' },
      { entity: 'order' },
      { entity: 'job' },
      TIDYING,
    ],
  },
  {
    table: 'campaigns',
    key: 'id',
    fixed: 'rules_id created_at',
    state: 'paid_on is_active budget',
    told: [{ entity: 'campaign', id: 'id' }, { entity: 'job' }, TIDYING],
    elsewhere: { budget_used: 'campaign_budget' },
    beside: {
      'counted anew': 'code_count removed_codes',
      'when it changed': TOUCHED,
      'what lists show': 'archived_at',
      'when it was tidied, when its codes left the house': 'tidied_at handed_out_at',
    },
  },
  {
    table: 'voucher_links',
    key: 'id',
    fixed: 'from_id to_id kind created_at',
    state: 'cents',
    told: [{ entity: 'voucher' }, { entity: 'redemption' }],
  },
  {
    table: 'approvals',
    key: 'id',
    fixed: 'kind cents currency reason requested_by requested_at',
    state: 'state voucher_id voucher_version voucher_entries decided_by decided_at note',
    told: [{ entity: 'approval', id: 'id' }],
    beside: { 'emptied with the decision': 'payload open_key' },
  },
  {
    table: 'derecognition_runs',
    key: 'id',
    fixed: 'barred_on vouchers proposed_by proposed_at',
    state: 'posted_on state decided_by decided_at document_number',
    told: [{ entity: 'derecognition', id: 'id' }, { entity: 'voucher' }],
    beside: { 'the work that books it': 'job_id' },
  },
  {
    table: 'derecognition_items',
    key: 'run_id voucher_id',
    fixed: 'cents forfeited currency limitation_on',
    state: 'outcome',
    told: [
      { entity: 'derecognition', id: 'run_id' },
      { entity: 'voucher', id: 'voucher_id' },
    ],
  },
  {
    table: 'redemptions',
    key: 'id',
    fixed:
      'booking_number booking_circle booking_key client_id hold_id reference channel currency trip_price payable evaluation actor redeemed_at',
    told: [{ entity: 'redemption', id: 'id' }],
    elsewhere: { rows: 'sum_of_lines' },
    beside: {
      'of a person': 'customer_id customer_email',
      'the booking side keeps it': 'booking',
      'when it changed': 'updated_at',
    },
  },
  {
    table: 'bookings',
    key: 'number_key circle',
    fixed: 'number created_at',
    state: 'currency price redeemed',
    told: [{ entity: 'redemption' }],
    beside: { 'when it changed': 'updated_at' },
  },
  {
    table: 'redemption_lines',
    key: 'id',
    fixed:
      'redemption_id position voucher_id campaign_id kind applied bonus allocation deal_partner_id deal_redeemed_at',
    told: [REDEMPTION],
    elsewhere: { rows: 'sum_of_lines', reversed: 'given_back' },
    beside: { 'of a person': 'customer_id customer_email' },
  },
  {
    table: 'reversals',
    key: 'id',
    fixed: 'redemption_id amount reason actor reversed_at',
    told: [REDEMPTION],
    elsewhere: { rows: 'sum_of_reversal' },
  },
  {
    table: 'reversal_lines',
    key: 'reversal_id redemption_line_id',
    fixed: 'amount',
    told: [{ entity: 'redemption' }],
    elsewhere: { rows: 'given_back' },
  },
];
