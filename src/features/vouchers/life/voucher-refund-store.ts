import type { Knex } from 'knex';

/** Money that a person has to transfer because it cannot go back the way it came. */
export interface RefundTask {
  readonly id: string;
  readonly voucherId: string;
  readonly cents: number;
  readonly currency: string;
  readonly reason: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly paidOn: string | null;
  readonly reference: string | null;
  readonly doneAt: number | null;
  readonly doneBy: string | null;
}

export async function insertRefundTask(
  trx: Knex.Transaction,
  task: {
    readonly voucherId: string;
    readonly cents: number;
    readonly currency: string;
    readonly reason: string;
    readonly actor: string;
    readonly now: number;
  },
): Promise<void> {
  await trx('refund_tasks').insert({
    voucher_id: task.voucherId,
    cents: task.cents,
    currency: task.currency,
    reason: task.reason,
    created_at: task.now,
    created_by: task.actor,
  });
}

/** Marks an open task as done; false: it was done already. */
export async function closeRefundTask(
  trx: Knex.Transaction,
  id: string,
  done: { readonly paidOn: string; readonly reference: string | null; readonly actor: string; readonly now: number },
): Promise<boolean> {
  const closed: number = await trx('refund_tasks')
    .where({ id })
    .whereNull('done_at')
    .update({ paid_on: done.paidOn, payment_reference: done.reference, done_at: done.now, done_by: done.actor });
  return closed === 1;
}

export async function findRefundTask(knex: Knex, id: string): Promise<RefundTask | null> {
  const row = await knex('refund_tasks').where({ id }).first<TaskRow | undefined>();
  return row === undefined ? null : toTask(row);
}

/** Open ones oldest first, or done ones newest first. */
export async function listRefundTasks(
  knex: Knex,
  page: { readonly isDone: boolean; readonly after: string | null; readonly limit: number },
): Promise<RefundTask[]> {
  const query = knex('refund_tasks')
    .limit(page.limit)
    .orderBy('id', page.isDone ? 'desc' : 'asc');
  void (page.isDone ? query.whereNotNull('done_at') : query.whereNull('done_at'));
  if (page.after !== null) void query.where('id', page.isDone ? '<' : '>', page.after);
  return (await query.select<TaskRow[]>()).map(toTask);
}

interface TaskRow {
  readonly id: number | string;
  readonly voucher_id: number | string;
  readonly cents: number | string;
  readonly currency: string;
  readonly reason: string;
  readonly created_at: number | string;
  readonly created_by: string;
  readonly paid_on: string | null;
  readonly payment_reference: string | null;
  readonly done_at: number | string | null;
  readonly done_by: string | null;
}

function toTask(row: TaskRow): RefundTask {
  return {
    id: String(row.id),
    voucherId: String(row.voucher_id),
    cents: Number(row.cents),
    currency: row.currency,
    reason: row.reason,
    createdAt: Number(row.created_at),
    createdBy: row.created_by,
    paidOn: row.paid_on,
    reference: row.payment_reference,
    doneAt: row.done_at === null ? null : Number(row.done_at),
    doneBy: row.done_by,
  };
}
