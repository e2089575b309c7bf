import type { CoveredTable, Telling } from './record-coverage-field.ts';

const ORDER: Telling = { entity: 'order', id: 'order_id' };
const REDEMPTION: Telling = { entity: 'redemption', id: 'redemption_id' };
const STATEMENT: Telling = { entity: 'partner_statement' };

/** Money that comes in and goes out beside vouchers, and partners. */
export const COVERED_MONEY: readonly CoveredTable[] = [
  {
    table: 'orders',
    key: 'id',
    fixed: 'number submit_key origin brand_kind brand_id currency amount quantity total ordered_on ordered_at',
    state: 'state fulfilled_at ended_at',
    told: [{ entity: 'order', id: 'id' }],
    elsewhere: { paid: 'order_paid' },
    beside: { 'how it is delivered': 'locale motif_id delivery deliver_on', 'when it changed': 'updated_at' },
  },
  {
    table: 'order_payments',
    key: 'id',
    fixed: 'order_id cents method paid_on source_key reference actor recorded_at',
    state: 'is_posted',
    told: [ORDER],
    elsewhere: { rows: 'order_paid' },
  },
  { table: 'order_vouchers', key: 'order_id position', fixed: 'voucher_id', told: [ORDER] },
  {
    table: 'order_chargebacks',
    key: 'id',
    fixed: 'order_id kind happened_on source_key reference recorded_at',
    state: 'cents is_posted confirmed',
    told: [ORDER],
  },
  {
    table: 'order_disputes',
    key: 'order_id',
    fixed: 'opened_at',
    state: 'cents',
    told: [ORDER],
    beside: { 'when it changed': 'updated_at' },
  },
  {
    table: 'voucher_disputes',
    key: 'voucher_id order_id',
    fixed: 'created_at',
    state: 'has_locked has_ended',
    told: [ORDER],
  },
  {
    table: 'bank_lines',
    key: 'id',
    fixed: 'line_key account booked_on cents currency payer purpose file_name imported_at imported_by',
    state: 'state order_id ended_at',
    told: [{ entity: 'statement' }, ORDER],
  },
  {
    table: 'refunds',
    key: 'id',
    fixed: `number origin currency open_item_id voucher_id voucher_number order_id order_number partner_id line_id decided_on
      decided_at decided_by`,
    state: `state way cents payee iban provider_reference reason file_id paid_on paid_posted_on paid_at paid_by
      payment_reference set_off_number set_off_on withdrawn_on withdrawn_at withdrawn_by`,
    told: [{ entity: 'refund' }],
  },
  {
    table: 'refund_files',
    key: 'id',
    fixed: 'number payments cents currency execution_on content sha256 created_at created_by',
    state: 'state withdrawn_at withdrawn_by',
    told: [{ entity: 'refund' }],
  },
  { table: 'refund_file_lines', key: 'file_id refund_id', fixed: 'refund_id', told: [{ entity: 'refund' }] },
  {
    table: 'till_shifts',
    key: 'id',
    fixed: 'till actor currency opened_on opened_at opening_cash',
    state: 'open_till open_actor closed_at counted_cash closed_by note difference',
    told: [{ entity: 'till_shift', id: 'id' }],
    elsewhere: { cash: 'till_cash' },
    beside: { 'when it was last worked at': 'touched_at' },
  },
  {
    table: 'till_entries',
    key: 'id',
    fixed: `shift_id entry_key form_hash event business_types voucher_id order_id redemption_id booking_number price voucher_amount
      cash card transfer note actor recorded_at document_number reverses_id`,
    told: [
      { entity: 'till_shift', id: 'shift_id' },
      { entity: 'order', id: 'order_id' },
      { entity: 'redemption', id: 'redemption_id' },
      { entity: 'voucher', id: 'voucher_id' },
      { entity: 'refund' },
    ],
    elsewhere: { rows: 'till_cash' },
  },
  {
    table: 'till_openings',
    key: 'id',
    fixed: 'currency in_drawers in_account document_number reason actor posted_on recorded_at',
    told: [{ entity: 'till_shift' }],
  },
  {
    table: 'receipts',
    key: 'number',
    fixed: 'kind currency cents issued_on issued_at actor voucher_id order_id content',
    told: [
      { entity: 'order', id: 'order_id' },
      { entity: 'voucher', id: 'voucher_id' },
      { entity: 'till_shift' },
      { entity: 'redemption' },
      { entity: 'refund' },
    ],
    beside: { 'how often it was printed': 'prints' },
  },
  {
    table: 'partner_invoices',
    key: 'id',
    fixed: `number cancels_id partner_kind partner_id redemption_id voucher_id booking_number currency redeemed owed
      difference difference_role issued_on due_on document actor created_at run_job_id`,
    state: 'state live_line_id paid_on payment_reference reason set_off',
    told: [{ entity: 'partner_invoice', id: 'id' }, STATEMENT, REDEMPTION, { entity: 'partner' }, { entity: 'refund' }],
  },
  {
    table: 'partner_files',
    key: 'id',
    fixed: 'subject subject_id format name sha256 bytes made_at',
    elsewhere: { rows: 'file_bytes' },
  },
  {
    table: 'partner_file_parts',
    key: 'file_id position',
    elsewhere: { rows: 'file_bytes', content: 'file_bytes' },
  },
  {
    table: 'partner_clearings',
    key: 'id',
    fixed: `partner_id redemption_id voucher_id line_id source document_number booking_number currency redeemed owed
      difference difference_role claimed settled_on actor created_at`,
    state: 'live_line_id paid_on payment_reference reason',
    told: [REDEMPTION, STATEMENT, { entity: 'partner' }],
  },
  {
    table: 'partner_statements',
    key: 'id',
    fixed: 'partner_kind partner_id document_number from_on to_on currency file_key file_name actor created_at kind',
    state: `live_key state commission_number commission_on commission_net commission_vat payout_on payout_reference`,
    told: [{ entity: 'partner_statement', id: 'id' }],
    beside: { 'how its file was read': 'column_map' },
  },
  {
    table: 'partner_statement_lines',
    key: 'id',
    fixed: 'statement_id file_row code_text cents',
    state: 'state decision note decided_by decided_at',
    told: [{ entity: 'partner_statement', id: 'statement_id' }],
    beside: { 'compared anew': 'finding voucher_id line_id expected' },
  },
  {
    table: 'deal_sales',
    key: 'id',
    fixed: 'voucher_id partner_id statement_id document_number currency sold_on actor created_at',
    state: 'price commission commission_vat paid_on refund_statement_id refund_paid_on passed_to_id',
    told: [STATEMENT, { entity: 'voucher', id: 'voucher_id' }],
    elsewhere: { rest: 'deal_rest' },
  },
  {
    table: 'deal_sale_uses',
    key: 'id',
    fixed: 'sale_id redemption_id line_id booking_number redeemed taken difference created_at',
    state: 'live_line_id',
    told: [REDEMPTION, STATEMENT],
    elsewhere: { rows: 'deal_clearing' },
  },
];
