import type { Knex } from 'knex';
import type { EntryOwner, SubjectKind } from '../../../core/books/ledger-event.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';
import { applyFilter, type JournalFilter } from './journal-filter-store.ts';

export interface JournalRow extends EntryOwner {
  readonly id: string;
  readonly journalNumber: number | null;
  readonly postedOn: string;
  readonly eventOn: string;
  readonly recordedAt: number;
  readonly event: string;
  /** The row its subject stands for. */
  readonly subjectId: string | null;
  /** The open item of the debtors that it opens or settles. */
  readonly openItem: string | null;
  readonly type: VoucherType | null;
  readonly brand: string | null;
  readonly position: number;
  readonly debitRole: string;
  readonly creditRole: string;
  readonly cents: number;
  readonly currency: string;
  /** What is on the voucher after this entry; null: it stores no value. */
  readonly balanceAfter: number | null;
  readonly documentNumber: string | null;
  readonly bookingNumber: string | null;
  readonly redemptionId: string | null;
  /** Who made the booking that was paid, as the booking side names them. */
  readonly customerId: string | null;
  /** What is known of the partner whose deal it is, as kept; null: none. */
  readonly partnerDetails: string | null;
  /** The entry that this one takes back, and its journal number where it has one. */
  readonly reversesId: string | null;
  readonly reversesNumber: number | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly runId: string | null;
  readonly runNumber: string | null;
  readonly previousHash: string;
  readonly hash: string;
}

/** A page of entries, the newest day first; `before` is the last one of the page before. */
export async function findJournal(
  knex: Knex,
  filter: JournalFilter,
  before: readonly [string, string] | null,
  limit: number,
): Promise<JournalRow[]> {
  const query = journalQuery(knex)
    .orderBy([
      { column: 'e.posted_on', order: 'desc' },
      { column: 'e.id', order: 'desc' },
    ])
    .limit(limit);
  applyFilter(query, filter);
  if (before !== null)
    void query.whereRaw('(e.posted_on < ? or (e.posted_on = ? and e.id < ?))', [before[0], before[0], before[1]]);
  return (await query.select<RawRow[]>()).map(toRow);
}

export async function findJournalEntry(knex: Knex, id: string): Promise<JournalRow | null> {
  const row = (await journalQuery(knex).where('e.id', id).first()) as RawRow | undefined;
  return row === undefined ? null : toRow(row);
}

/** The other entries of the same redemption: what an entry takes back, or by what it was taken back. */
export async function findEntriesOfRedemption(
  knex: Knex,
  redemptionId: string,
  voucherId: string | null,
  limit: number,
): Promise<JournalRow[]> {
  return (
    (await journalQuery(knex)
      .where({ 'e.redemption_id': redemptionId, 'e.voucher_id': voucherId })
      .orderBy('e.id')
      .limit(limit)
      .select()) as RawRow[]
  ).map(toRow);
}

export async function findVoucherIdByNumber(knex: Knex, number: string): Promise<string | null> {
  const row = await knex('vouchers').where({ number }).first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

const OWN_VALUE = "('V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL', 'MEMO_GOODWILL')";

/** What takes back: the newest earlier entry of the voucher with the opposite roles, of the same redemption where there is one. */
const REVERSED_IN = (chain: string): string =>
  `(select max(p.id) from ledger_entries p where p.${chain} = e.${chain} and p.position < e.position and p.debit_role = e.credit_role
    and p.event = case when e.event = 'reactivation' then 'derecognition' else replace(e.event, '_reversal', '') end
    and (p.credit_role = e.debit_role or e.event = 'reactivation') and (p.redemption_id = e.redemption_id or e.redemption_id is null))`;
const REVERSED_ID = `case when substr(e.event, -9) = '_reversal' or e.event = 'reactivation' then
  case when e.voucher_id is null then ${REVERSED_IN('chain_id')} else ${REVERSED_IN('voucher_id')} end end`;

function journalQuery(knex: Knex): Knex.QueryBuilder {
  // Left joins, though every entry has both: they keep MariaDB from walking the vouchers instead of the days.
  return (
    knex('ledger_entries as e')
      .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
      .leftJoin('voucher_rules as r', 'r.id', 'v.rules_id')
      .leftJoin('ledger_subjects as s', 's.id', 'e.chain_id')
      .leftJoin('ledger_subjects as o', 'o.id', 'e.open_item_id')
      .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
      .leftJoin('export_runs as n', 'n.id', 'x.run_id')
      .leftJoin('journal_numbers as j', 'j.entry_id', 'e.id')
      .leftJoin('redemptions as d', 'd.id', 'e.redemption_id')
      // The partner on the day of the redemption, or who sold the deal, has the account of a debtor in the master data.
      .leftJoin(
        'redemption_lines as dl',
        (on) => void on.on('dl.redemption_id', 'e.redemption_id').andOn('dl.voucher_id', 'e.voucher_id'),
      )
      .leftJoin('deal_sales as ds', 'ds.voucher_id', 'e.voucher_id')
      .leftJoin(
        'catalogue_entries as dp',
        (on) =>
          void on
            .on(
              'dp.id',
              knex.raw(
                "coalesce(dl.deal_partner_id, ds.partner_id, case when s.kind = 'partner' then s.subject_id end)",
              ),
            )
            .andOnVal('dp.kind', 'partner'),
      )
      .select(journalColumns(knex))
  );
}

function journalColumns(knex: Knex): (string | Knex.Raw)[] {
  return [
    'd.customer_id',
    'dp.details as partner_details',
    knex.raw(`${REVERSED_ID} as reverses_id`),
    knex.raw(`(select q.number from journal_numbers q where q.entry_id = (${REVERSED_ID})) as reverses_number`),
    'e.id',
    'j.number as journal_number',
    'e.posted_on',
    'e.event_on',
    'e.recorded_at',
    'e.event',
    'e.voucher_id',
    'v.number as voucher_number',
    's.kind as subject_kind',
    's.name as subject_name',
    's.subject_id',
    'o.name as open_item',
    'v.type',
    knex.raw('coalesce(r.brand_id, s.brand_id) as brand_id'),
    'e.position',
    'e.debit_role',
    'e.credit_role',
    'e.cents',
    'e.currency',
    'e.document_number',
    'e.booking_number',
    'e.redemption_id',
    'e.reason',
    'e.actor',
    'x.run_id',
    'n.number as run_number',
    'e.previous_hash',
    'e.hash',
    knex.raw(`case when v.id is null or (v.balance is null and ds.id is null) then null else
        (select sum(case when p.credit_role in ${OWN_VALUE} then p.cents else 0 end) - sum(case when p.debit_role in ${OWN_VALUE} then p.cents else 0 end)
          from ledger_entries p where p.voucher_id = e.voucher_id and p.position <= e.position) end as balance_after`),
  ];
}

interface RawRow {
  readonly id: number | string;
  readonly journal_number: number | string | null;
  readonly posted_on: string;
  readonly event_on: string | null;
  readonly recorded_at: number | string;
  readonly event: string;
  readonly voucher_id: number | string | null;
  readonly voucher_number: string | null;
  readonly subject_kind: SubjectKind | null;
  readonly subject_name: string | null;
  readonly subject_id: string | null;
  readonly open_item: string | null;
  readonly type: VoucherType | null;
  readonly brand_id: string | null;
  readonly position: number;
  readonly debit_role: string;
  readonly credit_role: string;
  readonly cents: number | string;
  readonly currency: string;
  readonly balance_after: number | string | null;
  readonly document_number: string | null;
  readonly booking_number: string | null;
  readonly redemption_id: number | string | null;
  readonly customer_id: string | null;
  readonly partner_details: string | null;
  readonly reverses_id: number | string | null;
  readonly reverses_number: number | string | null;
  readonly reason: string | null;
  readonly actor: string;
  readonly run_id: number | string | null;
  readonly run_number: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

function toRow(row: RawRow): JournalRow {
  return {
    id: String(row.id),
    journalNumber: row.journal_number === null ? null : toSafeInteger(row.journal_number),
    postedOn: row.posted_on,
    eventOn: row.event_on ?? row.posted_on,
    recordedAt: toSafeInteger(row.recorded_at),
    event: row.event,
    voucherId: row.voucher_id === null ? null : String(row.voucher_id),
    voucherNumber: row.voucher_number,
    subject:
      row.subject_kind === null || row.subject_name === null
        ? null
        : { kind: row.subject_kind, name: row.subject_name },
    subjectId: row.subject_id,
    openItem: row.open_item,
    type: row.type,
    brand: row.brand_id,
    position: row.position,
    debitRole: row.debit_role,
    creditRole: row.credit_role,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    balanceAfter: row.balance_after === null ? null : toFigure(row.balance_after),
    documentNumber: row.document_number,
    bookingNumber: row.booking_number,
    redemptionId: row.redemption_id === null ? null : String(row.redemption_id),
    customerId: row.customer_id,
    partnerDetails: row.partner_details,
    reversesId: row.reverses_id === null ? null : String(row.reverses_id),
    reversesNumber: row.reverses_number === null ? null : toSafeInteger(row.reverses_number),
    reason: row.reason,
    actor: row.actor,
    runId: row.run_id === null ? null : String(row.run_id),
    runNumber: row.run_number,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
