import type { Act } from '../../../platform/data/act.ts';
import { addDays } from '../../../core/calendar.ts';
import { postingsOfTransferIn, postingsOfTransferOut } from '../../../core/books/postings.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { updateRules } from '../rules/rules-service.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { updateVoucher } from '../record/voucher-store.ts';
import { addToLink, findCarriedUses, findReplacements } from './voucher-successor-store.ts';
import { moveValue } from '../record/voucher-value-service.ts';
import { endOf } from '../record/voucher-view-service.ts';

/** A code is replaced a handful of times in its life; more than this is a circle. */
const MAX_STEPS = 100;

/** From each of these vouchers over those that replaced it to the one that stands now: the ids in order, its own first. */
export async function successionOf(
  connection: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const chains = new Map(ids.map((id) => [id, [id]]));
  for (let step = 0; step < MAX_STEPS; step++) {
    const ends = [...chains.values()].map((chain) => chain.at(-1) ?? '');
    const next = await findReplacements(connection, ends);
    if (next.size === 0) return chains;
    for (const chain of chains.values()) {
      const after = next.get(chain.at(-1) ?? '');
      if (after !== undefined) chain.push(after);
    }
  }
  throw new Error('vouchers replace one another in a circle');
}

/**
 * What came back to a voucher that was replaced goes on to the voucher in its place, step by step, as its balance went
 * when it was replaced; so do uses. The caller holds the locks of the whole succession.
 */
export async function passOn(act: Act, succession: readonly string[], uses: number, reason: string): Promise<void> {
  const { trx, moment } = act;
  const last = succession.at(-1) ?? '';
  const standing = succession.length === 1 ? 0 : ((await lockedVoucher(trx, last, moment)).record.balance ?? 0);
  for (const [index, toId] of succession.slice(1).entries()) {
    const fromId = succession[index] ?? '';
    await passValue(act, { fromId, toId, passedOnto: [standing, toId === last ? 0 : standing] }, reason);
    const carried = await findCarriedUses(trx, toId);
    const back = Math.min(uses, carried);
    if (back === 0) continue;
    const { record } = await lockedVoucher(trx, toId, moment);
    await updateVoucher(trx, toId, { uses: record.uses - back, carried_uses: carried - back }, moment.now);
  }
}

async function passValue(
  act: Act,
  {
    fromId,
    toId,
    passedOnto,
  }: { readonly fromId: string; readonly toId: string; readonly passedOnto: readonly [number, number] },
  reason: string,
): Promise<void> {
  const { trx, moment } = act;
  const from = await lockedVoucher(trx, fromId, moment);
  const cents = from.record.balance ?? 0;
  if (cents === 0) return;
  const to = await lockedVoucher(trx, toId, moment);
  const out = postingsOfTransferOut({ type: from.record.type, funding: from.rules.funding }, cents);
  const into = postingsOfTransferIn({ type: to.record.type, funding: to.rules.funding }, cents);
  const common = { postedOn: moment.today, reason };
  await moveValue(act, {
    ...common,
    voucher: from.record,
    currency: from.rules.currency,
    change: -cents,
    postings: out,
    passedOnto: passedOnto[0],
  });
  await moveValue(act, {
    ...common,
    voucher: to.record,
    currency: to.rules.currency,
    change: cents,
    postings: into,
    passedOnto: passedOnto[1],
  });
  await addToLink(trx, fromId, toId, cents);
  await audit(act, 'voucher.pass_on', fromId, { reason, cents, to: toId });
  await audit(act, 'voucher.pass_on', toId, { reason, cents, from: fromId });
}

/**
 * A voucher past its date to which something came back may be redeemed `days` longer, counted from today. One with
 * rules of its own gets a later end; a code of a campaign, which follows the campaign, gets a day of its own.
 * The new end; null where nothing changed.
 */
export async function extendPastDate(act: Act, id: string, days: number, reason: string): Promise<string | null> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  const before = endOf(record, rules);
  const after = endAfterGrace(before, days, moment.today);
  if (after === null) return null;
  if (record.campaignId === null) await updateRules(trx, record.rulesId, { ...rules, bookUntil: after });
  else await updateVoucher(trx, id, { extended_until: after }, moment.now);
  await updateVoucher(trx, id, { acknowledged_on: moment.today }, moment.now);
  await audit(act, 'voucher.extend', id, { validity: { bookUntil: { before, after } }, reason });
  return after;
}

/** endAfterGrace('2026-10-31', 30, '2026-11-23') = '2026-12-23'; null: not past its date, or no grace. */
export function endAfterGrace(bookUntil: string | null, days: number, today: string): string | null {
  return bookUntil !== null && bookUntil < today && days > 0 ? addDays(today, days) : null;
}
