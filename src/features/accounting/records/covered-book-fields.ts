import type { CoveredTable, Telling } from './record-coverage-field.ts';

const SEALED: Telling = { entity: 'accounting', action: 'accounting.seal' };
const EXPORTED: Telling = { entity: 'accounting', action: 'accounting.export' };
const TAKEN_BACK: Telling = { entity: 'accounting', action: 'accounting.export_undo' };
const WRITTEN: Telling = { entity: 'accounting', action: 'accounting.export_files' };
const IMPORTED: Telling = { entity: 'accounting', action: 'accounting.export_imported' };
const COMPARED: Telling = { entity: 'accounting', action: 'accounting.compare' };
const SET_UP: Telling = { entity: 'accounting', action: 'accounting.setup' };
const CLOSED: Telling = { entity: 'accounting', action: 'accounting.close' };
const KEPT: Telling = { entity: 'accounting', action: 'accounting.keep_day' };
const DESCRIBED: Telling = { entity: 'accounting', action: 'accounting.procedure' };
const VERIFIED: Telling = { entity: 'accounting', action: 'accounting.verify' };

/** The ledger and everything that is kept of it: its entries have a chain of their own, the rest is sealed row by row. */
export const COVERED_BOOKS: readonly CoveredTable[] = [
  {
    table: 'ledger_entries',
    key: 'id',
    elsewhere: {
      rows: 'entry_count',
      voucher_id: 'entry_hash',
      position: 'chain_position',
      event: 'entry_hash',
      debit_role: 'entry_hash',
      credit_role: 'entry_hash',
      cents: 'entry_hash',
      currency: 'entry_hash',
      posted_on: 'entry_hash',
      recorded_at: 'entry_hash',
      actor: 'entry_hash',
      reason: 'entry_hash',
      booking_number: 'entry_hash',
      redemption_id: 'entry_hash',
      reversal_id: 'entry_hash',
      hash_version: 'entry_hash',
      event_on: 'entry_hash',
      document_number: 'entry_hash',
      chain_id: 'entry_hash',
      open_item_id: 'entry_hash',
      previous_hash: 'chain_link',
      hash: 'entry_hash',
    },
  },
  {
    table: 'ledger_subjects',
    key: 'id',
    fixed: 'kind name subject_id brand_id currency',
    elsewhere: {
      rows: 'subject_entries',
      ledger_count: 'subject_entries',
      ledger_head: 'subject_chain',
      balance: 'open_item',
    },
  },
  {
    table: 'ledger_seals',
    key: 'id',
    fixed: 'from_id to_id entries root previous_hash hash sealed_at sealed_by',
    told: [SEALED],
  },
  {
    table: 'ledger_totals',
    key: 'id',
    fixed: 'seal_id posted_on event debit_role credit_role type brand_id currency cents entries',
    told: [SEALED],
  },
  { table: 'journal_numbers', key: 'entry_id', fixed: 'number', told: [EXPORTED] },
  {
    table: 'number_circles',
    key: 'circle year',
    elsewhere: { rows: 'circle_numbers', last: 'circle_numbers' },
  },
  {
    table: 'number_ranges',
    key: 'circle year first',
    fixed: 'last subject issued_at',
    elsewhere: { rows: 'circle_numbers' },
  },
  {
    table: 'accounting_setups',
    key: 'id',
    fixed: 'setup discount_method note created_at created_by',
    told: [SET_UP],
  },
  { table: 'accounting_books', key: 'id', elsewhere: { rows: 'open_from', open_from: 'open_from' } },
  {
    table: 'closed_periods',
    key: 'month',
    fixed: 'closed_at closed_by entries figures setup_id',
    told: [CLOSED],
  },
  {
    table: 'liability_day_items',
    key: 'day position',
    fixed: 'last_place items',
    told: [CLOSED, KEPT],
  },
  {
    table: 'book_comparisons',
    key: 'id',
    fixed: 'compared_on account currency expected actual created_at created_by',
    told: [COMPARED],
  },
  { table: 'liability_days', key: 'day', fixed: 'setup_id balance_groups', told: [CLOSED, KEPT] },
  {
    table: 'export_runs',
    key: 'id',
    fixed: 'number from_month to_month created_at created_by setup_id entries skipped summary',
    state: 'state undone_at undone_by undo_reason imported_at imported_by',
    told: [EXPORTED, WRITTEN, TAKEN_BACK, IMPORTED],
  },
  {
    table: 'document_numbers',
    key: 'id',
    fixed: 'number document created_at created_by',
    told: [
      { entity: 'accounting', action: 'accounting.document_given' },
      { entity: 'accounting', action: 'accounting.document_taken_back' },
    ],
  },
  { table: 'export_entries', key: 'entry_id', state: 'run_id skip_reason', told: [EXPORTED, TAKEN_BACK] },
  {
    table: 'export_files',
    key: 'id',
    fixed: 'run_id kind month name sha256 bytes bookings',
    told: [WRITTEN],
  },
  {
    table: 'export_file_parts',
    key: 'file_id position',
    elsewhere: { rows: 'file_bytes', content: 'file_bytes' },
  },
  {
    table: 'verifications',
    key: 'id',
    fixed: 'started_at ended_at vouchers entries seals problem actor',
    told: [VERIFIED],
  },
  {
    table: 'procedure_versions',
    key: 'id',
    fixed: 'content content_hash created_at created_by',
    told: [DESCRIBED],
  },
  {
    table: 'audit_log',
    key: 'id',
    fixed: 'recorded_at actor action entity entity_id changes proof',
    elsewhere: { rows: 'record_added' },
    beside: { 'not written': 'request_id' },
  },
  {
    table: 'record_seals',
    key: 'id',
    elsewhere: {
      rows: 'record_seal_number',
      tables: 'record_seal_hash',
      previous_hash: 'record_seal_link',
      hash: 'record_seal_hash',
      sealed_at: 'record_seal_hash',
      sealed_by: 'record_seal_hash',
    },
  },
  {
    table: 'sealed_records',
    key: 'table_name seal_id record_key',
    elsewhere: { rows: 'record_sum', fixed_hash: 'record_sum', state_hash: 'record_sum' },
  },
  {
    table: 'settings',
    key: 'name',
    state: 'value version updated_at updated_by',
    told: [{ entity: 'settings', id: 'name' }],
  },
  {
    table: 'users',
    key: 'id',
    fixed: 'created_at',
    state:
      'email name role can_see_codes can_refund can_change_settings can_send_vouchers can_print_vouchers is_active is_invited version',
    told: [{ entity: 'user', id: 'id' }],
    beside: {
      'signing in': 'password_hash session_epoch totp_secret totp_last_step last_login_at',
      'how pages look': 'locale',
    },
  },
  {
    table: 'api_keys',
    key: 'id',
    fixed: 'client_id token_hash created_at',
    state: 'ends_on revoked_at',
    told: [{ entity: 'api_key', id: 'id' }],
    beside: { 'when it was last used': 'last_used_on' },
  },
  {
    table: 'clients',
    key: 'id',
    fixed: 'created_at',
    state: 'name channel other_channels rights origins has_own_booking_numbers',
    told: [{ entity: 'api_key' }],
  },
  {
    table: 'catalogue_entries',
    key: 'kind id',
    state: 'name parent_id details archived_at',
    told: [
      { entity: 'product', id: 'id' },
      { entity: 'theme', id: 'id' },
      { entity: 'region', id: 'id' },
      { entity: 'brand', id: 'id' },
      { entity: 'partner', id: 'id' },
    ],
    beside: { 'when it changed': 'updated_at' },
  },
];
