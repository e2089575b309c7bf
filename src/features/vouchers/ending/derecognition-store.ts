import type { Knex } from 'knex';

export type RunState = 'proposed' | 'accepted' | 'done' | 'rejected';

export interface DerecognitionRun {
  readonly id: string;
  readonly state: RunState;
  /** The vouchers' claims were time-barred on this day. */
  readonly barredOn: string;
  readonly vouchers: number;
  readonly proposedBy: string;
  readonly proposedAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly documentNumber: string | null;
}

export interface DerecognitionItem {
  readonly voucherId: string;
  readonly cents: number;
  readonly currency: string;
  readonly limitationOn: string;
  readonly outcome: 'open' | 'derecognised' | 'skipped';
}

export interface BarredVoucher {
  readonly id: string;
  readonly cents: number;
  readonly currency: string;
  readonly claimOn: string;
}

/** Vouchers that are owed, whose last claim was issued by this day, of which nothing is held and which no open run names. */
export async function findBarred(
  trx: Knex.Transaction,
  lastClaim: string,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const rows = await trx('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('v.id', '>', afterId)
    .whereRaw('v.balance - v.bonus_balance > 0')
    .whereNotNull('v.paid_on')
    .whereRaw('coalesce(v.acknowledged_on, v.paid_on) <= ?', [lastClaim])
    .whereRaw("(r.funding is null or r.funding <> 'goodwill')")
    // Its rest is paid out, so it never becomes income.
    .where('r.refund_on_expiry', false)
    // A later top-up is a claim of its own and younger.
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('ledger_entries as e')
          .whereRaw('e.voucher_id = v.id')
          .where('e.event', 'top_up')
          .where('e.posted_on', '>', lastClaim),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('hold_lines as h')
          .whereRaw('h.voucher_id = v.id')
          .where('h.expires_at', '>', now),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('derecognition_items as i')
          .join('derecognition_runs as x', 'x.id', 'i.run_id')
          .whereRaw('i.voucher_id = v.id')
          .where('i.outcome', 'open')
          .whereIn('x.state', ['proposed', 'accepted']),
    )
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; owed: number | string; currency: string; claim_on: string }[]>(
      'v.id',
      trx.raw('v.balance - v.bonus_balance as owed'),
      'r.currency',
      trx.raw('coalesce(v.acknowledged_on, v.paid_on) as claim_on'),
    );
  return rows.map((row) => ({
    id: String(row.id),
    cents: Number(row.owed),
    currency: row.currency,
    claimOn: row.claim_on,
  }));
}

/** Deals that partners sold for us, whose holders are still owed and whose claim was issued by this day. */
export async function findBarredDeals(
  trx: Knex.Transaction,
  lastClaim: string,
  now: number,
  afterId: string,
  limit: number,
): Promise<BarredVoucher[]> {
  const rows = await trx('deal_sales as s')
    .join('vouchers as v', 'v.id', 's.voucher_id')
    .where('v.id', '>', afterId)
    .where('s.rest', '>', 0)
    .whereRaw('coalesce(v.acknowledged_on, s.sold_on) <= ?', [lastClaim])
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('hold_lines as h')
          .whereRaw('h.voucher_id = v.id')
          .where('h.expires_at', '>', now),
    )
    .whereNotExists(
      (query) =>
        void query
          .select(trx.raw('1'))
          .from('derecognition_items as i')
          .join('derecognition_runs as x', 'x.id', 'i.run_id')
          .whereRaw('i.voucher_id = v.id')
          .where('i.outcome', 'open')
          .whereIn('x.state', ['proposed', 'accepted']),
    )
    .orderBy('v.id')
    .limit(limit)
    .select<{ id: number | string; rest: number | string; currency: string; claim_on: string }[]>(
      'v.id',
      's.rest',
      's.currency',
      trx.raw('coalesce(v.acknowledged_on, s.sold_on) as claim_on'),
    );
  return rows.map((row) => ({
    id: String(row.id),
    cents: Number(row.rest),
    currency: row.currency,
    claimOn: row.claim_on,
  }));
}

export async function insertRun(
  trx: Knex.Transaction,
  run: { readonly barredOn: string; readonly vouchers: number; readonly actor: string; readonly now: number },
): Promise<string> {
  const [id] = await trx('derecognition_runs').insert({
    state: 'proposed',
    barred_on: run.barredOn,
    vouchers: run.vouchers,
    proposed_by: run.actor,
    proposed_at: run.now,
  });
  return String(id);
}

export async function countRun(trx: Knex.Transaction, id: string, vouchers: number): Promise<void> {
  await trx('derecognition_runs').where({ id }).update({ vouchers });
}

export async function insertItems(
  trx: Knex.Transaction,
  runId: string,
  items: readonly Omit<DerecognitionItem, 'outcome'>[],
): Promise<void> {
  await trx('derecognition_items').insert(
    items.map(({ voucherId, cents, currency, limitationOn }) => ({
      run_id: runId,
      voucher_id: voucherId,
      cents,
      currency,
      limitation_on: limitationOn,
      outcome: 'open',
    })),
  );
}

/** False: somebody has decided already. */
export async function decideRun(
  trx: Knex.Transaction,
  id: string,
  decision: {
    readonly state: RunState;
    readonly actor: string;
    readonly now: number;
    readonly documentNumber: string | null;
  },
): Promise<boolean> {
  const decided: number = await trx('derecognition_runs').where({ id, state: 'proposed' }).update({
    state: decision.state,
    decided_by: decision.actor,
    decided_at: decision.now,
    document_number: decision.documentNumber,
  });
  return decided === 1;
}

export async function endRun(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('derecognition_runs').where({ id }).update({ state: 'done' });
}

export async function setOutcome(
  trx: Knex.Transaction,
  runId: string,
  voucherId: string,
  outcome: DerecognitionItem['outcome'],
): Promise<void> {
  await trx('derecognition_items').where({ run_id: runId, voucher_id: voucherId }).update({ outcome });
}

export async function findRun(knex: Knex, id: string): Promise<DerecognitionRun | null> {
  const row = await knex('derecognition_runs').where({ id }).first<RunRow | undefined>();
  return row === undefined ? null : toRun(row);
}

export async function listRuns(knex: Knex, limit: number): Promise<DerecognitionRun[]> {
  return (await knex('derecognition_runs').orderBy('id', 'desc').limit(limit).select<RunRow[]>()).map(toRun);
}

export async function listItems(
  knex: Knex,
  runId: string,
  afterId: string,
  limit: number,
): Promise<DerecognitionItem[]> {
  const rows = await knex('derecognition_items')
    .where({ run_id: runId })
    .where('voucher_id', '>', afterId)
    .orderBy('voucher_id')
    .limit(limit)
    .select<ItemRow[]>();
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    cents: Number(row.cents),
    currency: row.currency,
    limitationOn: row.limitation_on,
    outcome: row.outcome,
  }));
}

interface RunRow {
  readonly id: number | string;
  readonly state: RunState;
  readonly barred_on: string;
  readonly vouchers: number;
  readonly proposed_by: string;
  readonly proposed_at: number | string;
  readonly decided_by: string | null;
  readonly decided_at: number | string | null;
  readonly document_number: string | null;
}

interface ItemRow {
  readonly voucher_id: number | string;
  readonly cents: number | string;
  readonly currency: string;
  readonly limitation_on: string;
  readonly outcome: DerecognitionItem['outcome'];
}

function toRun(row: RunRow): DerecognitionRun {
  return {
    id: String(row.id),
    state: row.state,
    barredOn: row.barred_on,
    vouchers: row.vouchers,
    proposedBy: row.proposed_by,
    proposedAt: Number(row.proposed_at),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at === null ? null : Number(row.decided_at),
    documentNumber: row.document_number,
  };
}
