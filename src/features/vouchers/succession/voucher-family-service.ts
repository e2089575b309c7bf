import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { findLinks, lockVouchersInOrder, type VoucherLink } from '../record/voucher-family-store.ts';
import {
  knownVouchers,
  lockedVoucher,
  readVoucher,
  readVouchers,
  type LockedVoucher,
} from '../record/voucher-service.ts';
import { illegalAction } from '../record/voucher-lock-service.ts';
import { requireNoBonus } from '../record/voucher-value-service.ts';
import { statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';
import type { StoredRules } from '../rules/rules-service.ts';
import { insertChildren, transfer } from './voucher-transfer-service.ts';

export { LINK_KINDS } from '../record/voucher-family-store.ts';
export type { VoucherLink };

export const MAX_PARTS = 50;
export const MAX_MERGED = 20;
const MAX_RELATIVES = 100;

/** The whole rest of a voucher in parts, each under a code of its own: 300,00 into 3 × 100,00. */
export async function splitVoucher(
  act: Act,
  id: string,
  parts: readonly number[],
  reason: string,
): Promise<VoucherView[]> {
  const { trx, moment } = act;
  const source = await lockedVoucher(trx, id, moment);
  const balance = requireFree(source, 'split', moment);
  if (parts.length < 2 || parts.length > MAX_PARTS || parts.some((part) => part <= 0))
    throw wrongField('parts', 'parts_wrong', { max: MAX_PARTS });
  if (parts.reduce((sum, part) => sum + part, 0) !== balance) throw wrongField('parts', 'parts_sum');
  const children = await insertChildren(act, source, parts);
  await transfer(act, [{ ...source, cents: balance }], children, { kind: 'split', reason });
  return readVouchers(
    trx,
    children.map(({ voucher }) => voucher.id),
    moment,
  );
}

/** The rests of several vouchers under one new code, by the rules of the first; all must be alike but for their dates. */
export async function mergeVouchers(act: Act, ids: readonly string[], reason: string): Promise<VoucherView> {
  const { trx, moment } = act;
  if (new Set(ids).size !== ids.length || ids.length < 2 || ids.length > MAX_MERGED)
    throw wrongField('vouchers', 'merge_count', { max: MAX_MERGED });
  const known = await lockVouchersInOrder(trx, ids);
  if (known.length !== ids.length) throw appError('not_found');
  const sources = await knownVouchers(trx, ids, moment);
  const [first] = sources;
  if (first === undefined) throw new Error('a merge of nothing');
  const total = sources.reduce((sum, source) => sum + requireFree(source, 'merge', moment), 0);
  sources.forEach((source, index) => {
    if (!isAlike(source.rules, first.rules)) throw wrongField(`vouchers.${index}`, 'not_alike');
  });
  const rules = { ...first.rules, bookFrom: earliest(sources), bookUntil: latest(sources), originalValue: total };
  const children = await insertChildren(act, { record: { ...first.record, campaignId: null }, rules }, [total]);
  const given = sources.map((source) => ({ ...source, cents: source.record.balance ?? 0 }));
  await transfer(act, given, children, { kind: 'merge', reason });
  return readVoucher(trx, children[0]?.voucher.id ?? '', moment);
}

export interface VoucherFamily {
  readonly members: readonly VoucherView[];
  readonly links: readonly VoucherLink[];
}

/** All vouchers this one came from and became, over any number of steps (at most a hundred are told). */
export async function familyOf(database: Database, id: string, moment: Moment): Promise<VoucherFamily> {
  const links = new Map<string, VoucherLink>();
  const known = new Set([id]);
  let edge = [id];
  while (edge.length > 0 && known.size < MAX_RELATIVES) {
    const found = await findLinks(database.knex, edge, MAX_RELATIVES);
    for (const link of found) links.set(`${link.fromId} ${link.toId}`, link);
    edge = [...new Set(found.flatMap(({ fromId, toId }) => [fromId, toId]))].filter((one) => !known.has(one));
    for (const one of edge) known.add(one);
  }
  const ids = [...known].sort((a, b) => Number(a) - Number(b)).slice(0, MAX_RELATIVES);
  const members = await readVouchers(database.knex, ids, moment);
  return { members, links: [...links.values()].sort((a, b) => a.at - b.at) };
}

/** The rest of a voucher of which nothing is held and which this may be done to. */
function requireFree({ record, rules }: LockedVoucher, action: VoucherAction, moment: Moment): number {
  const status = statusOfRecord(record, rules, moment.today);
  if (record.balance === null || record.balance === 0 || !isLegal(action, status, true))
    throw illegalAction(action, status);
  if (record.held > 0) throw wrongField('', 'held');
  requireNoBonus(record);
  return record.balance;
}

/** The same but for title, dates of booking, value, motif and message. */
function isAlike(a: StoredRules, b: StoredRules): boolean {
  const essence = (rules: StoredRules): string =>
    JSON.stringify({
      ...rules,
      title: '',
      bookFrom: null,
      bookUntil: null,
      originalValue: null,
      motif: null,
      message: null,
    });
  return essence(a) === essence(b);
}

function earliest(sources: readonly LockedVoucher[]): string | null {
  const days = sources.map(({ rules }) => rules.bookFrom);
  return days.includes(null) ? null : (days.sort()[0] ?? null);
}

function latest(sources: readonly LockedVoucher[]): string | null {
  const days = sources.map(({ rules }) => rules.bookUntil);
  return days.includes(null) ? null : (days.sort().at(-1) ?? null);
}

function wrongField(path: string, code: string, params: FieldError['params'] = {}): Error {
  return appError('rule_broken', { fields: [{ path, code, params, text: `vouchers:refusal.${code}` }] });
}
