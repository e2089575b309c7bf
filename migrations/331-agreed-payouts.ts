import type { Knex } from 'knex';

/** A voucher that became another, became another …: more steps than these are a circle. */
const MAX_STEPS = 100;
const PER_STATEMENT = 500;

/**
 * Vouchers taken over from another system got "pay out at the end" by a default that was made for new ones, and what came
 * of them by a new code, a split or a merge has it still. Nobody agreed on it, so it is taken back for those that are not
 * over: nothing is paid out by itself, and a person sets it again where it was agreed. Codes of a campaign follow it.
 */
export async function up(knex: Knex): Promise<void> {
  const known = new Set<string>();
  let edge = await idsOf(knex('ledger_entries').where({ event: 'migrated' }).distinct('voucher_id as id'));
  for (let step = 0; edge.length > 0 && step < MAX_STEPS; step++) {
    for (const id of edge) known.add(id);
    const next: string[] = [];
    for (const ids of chunksOf(edge))
      next.push(...(await idsOf(knex('voucher_links').whereIn('from_id', ids).distinct('to_id as id'))));
    edge = [...new Set(next)].filter((id) => !known.has(id));
  }
  for (const ids of chunksOf([...known])) {
    const rules = await knex('vouchers as v')
      .join('voucher_rules as r', 'r.id', 'v.rules_id')
      .whereIn('v.id', ids)
      .whereNull('v.campaign_id')
      .where('r.type', 'settlement')
      .where('r.funding', 'refund_conversion')
      .where('r.refund_on_expiry', true)
      .whereNull('v.cancelled_at')
      .pluck<(number | string)[]>('r.id');
    if (rules.length > 0) await knex('voucher_rules').whereIn('id', rules).update({ refund_on_expiry: false });
  }
}

/** Which of them had it by a default nobody knows any more, and setting it again would pay money out. */
export async function down(): Promise<void> {
  await Promise.resolve();
}

async function idsOf(query: Knex.QueryBuilder): Promise<string[]> {
  const rows = (await query) as { id: number | string }[];
  return rows.map(({ id }) => String(id));
}

function* chunksOf(ids: readonly string[]): Generator<string[]> {
  for (let from = 0; from < ids.length; from += PER_STATEMENT) yield ids.slice(from, from + PER_STATEMENT);
}
