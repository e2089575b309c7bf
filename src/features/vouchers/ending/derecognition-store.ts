import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export type RunState = 'proposed' | 'accepted' | 'done' | 'rejected';

/** `stopped`: accepted, but nobody books it any more. */
export type ShownState = RunState | 'stopped';

export interface DerecognitionRun {
  readonly id: string;
  readonly state: ShownState;
  /** The vouchers' claims were time-barred on this day. */
  readonly barredOn: string;
  readonly vouchers: number;
  /** The posting day its decision named; null: none is named yet. */
  readonly postedOn: string | null;
  readonly proposedBy: string;
  readonly proposedAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly documentNumber: string | null;
}

export interface DerecognitionItem {
  readonly voucherId: string;
  readonly cents: number;
  /** Of it a rest that was forfeited before. */
  readonly forfeited: number;
  readonly currency: string;
  /** The last day of the claim: the later of its limitation and the voucher's end. */
  readonly limitationOn: string;
  readonly outcome: 'open' | 'derecognised' | 'skipped';
}

export interface ListedItem extends DerecognitionItem {
  readonly number: string | null;
}

/** What a run makes income of, and what of it is booked; cents. */
export interface RunSum {
  readonly currency: string;
  readonly cents: number;
  readonly forfeited: number;
  readonly booked: number;
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
    items.map(({ voucherId, cents, forfeited, currency, limitationOn }) => ({
      run_id: runId,
      voucher_id: voucherId,
      cents,
      forfeited,
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
    readonly postedOn: string | null;
  },
): Promise<boolean> {
  const decided: number = await trx('derecognition_runs').where({ id, state: 'proposed' }).update({
    state: decision.state,
    decided_by: decision.actor,
    decided_at: decision.now,
    document_number: decision.documentNumber,
    posted_on: decision.postedOn,
  });
  return decided === 1;
}

/** The job that books it. */
export async function setJob(trx: Knex.Transaction, id: string, jobId: string): Promise<void> {
  await trx('derecognition_runs').where({ id }).update({ job_id: jobId });
}

/** An accepted run whose job is at work or waits for it; another one was stopped, and what is left of it is free again. */
export const IS_BEING_BOOKED =
  "x.state = 'accepted' and exists (select 1 from jobs j where j.id = x.job_id and j.state in ('queued', 'running'))";

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

function runs(knex: Knex): Knex.QueryBuilder {
  return knex('derecognition_runs as x').select(
    'x.*',
    knex.raw(`case when ${IS_BEING_BOOKED} then 1 else 0 end as is_being_booked`),
  );
}

export async function findRun(knex: Knex, id: string): Promise<DerecognitionRun | null> {
  const row = await runs(knex).where('x.id', id).first<RunRow | undefined>();
  return row === undefined ? null : toRun(row);
}

export async function listRuns(knex: Knex, limit: number): Promise<DerecognitionRun[]> {
  return (await runs(knex).orderBy('x.id', 'desc').limit(limit).select<RunRow[]>()).map(toRun);
}

export async function listItems(knex: Knex, runId: string, afterId: string, limit: number): Promise<ListedItem[]> {
  const rows = await knex('derecognition_items as i')
    .join('vouchers as v', 'v.id', 'i.voucher_id')
    .where('i.run_id', runId)
    .where('i.voucher_id', '>', afterId)
    .orderBy('i.voucher_id')
    .limit(limit)
    .select<ItemRow[]>('i.*', 'v.number');
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    number: row.number,
    cents: Number(row.cents),
    forfeited: Number(row.forfeited),
    currency: row.currency,
    limitationOn: row.limitation_on,
    outcome: row.outcome,
  }));
}

/** The last run that took something of a voucher; null: none has. */
export async function findRunOf(knex: Knex, voucherId: string): Promise<string | null> {
  const row = await knex('derecognition_items')
    .where({ voucher_id: voucherId, outcome: 'derecognised' })
    .orderBy('run_id', 'desc')
    .first<{ run_id: number | string } | undefined>('run_id');
  return row === undefined ? null : String(row.run_id);
}

/** The sums of these runs by currency. */
export async function sumItems(knex: Knex, runIds: readonly string[]): Promise<Map<string, RunSum[]>> {
  const rows = await knex('derecognition_items')
    .whereIn('run_id', [...runIds])
    .groupBy('run_id', 'currency')
    .orderBy(['run_id', 'currency'])
    .select<SumRow[]>(
      'run_id',
      'currency',
      knex.raw('sum(cents) as cents'),
      knex.raw('sum(forfeited) as forfeited'),
      knex.raw("sum(case when outcome = 'derecognised' then cents else 0 end) as booked"),
    );
  const sums = new Map<string, RunSum[]>();
  for (const row of rows)
    sums.set(String(row.run_id), [
      ...(sums.get(String(row.run_id)) ?? []),
      {
        currency: row.currency,
        cents: toSafeInteger(row.cents),
        forfeited: toSafeInteger(row.forfeited),
        booked: toSafeInteger(row.booked),
      },
    ]);
  return sums;
}

interface SumRow {
  readonly run_id: number | string;
  readonly currency: string;
  readonly cents: unknown;
  readonly forfeited: unknown;
  readonly booked: unknown;
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
  readonly posted_on: string | null;
  readonly is_being_booked: number;
}

interface ItemRow {
  readonly voucher_id: number | string;
  readonly number: string | null;
  readonly cents: number | string;
  readonly forfeited: number | string;
  readonly currency: string;
  readonly limitation_on: string;
  readonly outcome: DerecognitionItem['outcome'];
}

function toRun(row: RunRow): DerecognitionRun {
  return {
    id: String(row.id),
    state: row.state === 'accepted' && Number(row.is_being_booked) === 0 ? 'stopped' : row.state,
    barredOn: row.barred_on,
    vouchers: row.vouchers,
    proposedBy: row.proposed_by,
    proposedAt: Number(row.proposed_at),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at === null ? null : Number(row.decided_at),
    documentNumber: row.document_number,
    postedOn: row.posted_on,
  };
}
