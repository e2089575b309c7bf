import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import { postingsOfTransferIn, postingsOfTransferOut } from '../../../core/books/postings.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { insertRules, updateRules, type StoredRules } from '../rules/rules-service.ts';
import { reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import {
  findLinks,
  insertLinks,
  lockVouchersByCode,
  type LinkKind,
  type VoucherLink,
} from '../record/voucher-family-store.ts';
import { audit, lockedVoucher, newCode, readVoucher } from '../record/voucher-service.ts';
import { opensAgain } from './voucher-change-service.ts';
import { insertVoucher, updateVoucher, type VoucherRecord } from '../record/voucher-store.ts';
import { moveValue, requireNoBonus } from '../record/voucher-value-service.ts';
import { statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';

export { LINK_KINDS } from '../record/voucher-family-store.ts';
export type { VoucherLink };

export const MAX_PARTS = 50;
export const MAX_MERGED = 20;
const MAX_RELATIVES = 100;

interface Locked {
  readonly record: VoucherRecord;
  readonly rules: StoredRules;
}

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
  const children: string[] = [];
  for (const part of parts) children.push(await insertChild(trx, source, part, moment));
  await transfer(
    act,
    [{ ...source, cents: balance }],
    children.map((child, index) => ({ id: child, cents: parts[index] ?? 0 })),
    'split',
    reason,
  );
  return Promise.all(children.map((child) => readVoucher(trx, child, moment)));
}

/** The rests of several vouchers under one new code, by the rules of the first; all must be alike but for their dates. */
export async function mergeVouchers(act: Act, ids: readonly string[], reason: string): Promise<VoucherView> {
  const { trx, moment } = act;
  if (new Set(ids).size !== ids.length || ids.length < 2 || ids.length > MAX_MERGED)
    throw wrongField('vouchers', 'merge_count', { max: MAX_MERGED });
  const known = await lockVouchersByCode(trx, ids);
  if (known.length !== ids.length) throw appError('not_found');
  const sources: Locked[] = [];
  for (const id of ids) sources.push(await lockedVoucher(trx, id, moment));
  const [first] = sources;
  if (first === undefined) throw new Error('a merge of nothing');
  const total = sources.reduce((sum, source) => sum + requireFree(source, 'merge', moment), 0);
  sources.forEach((source, index) => {
    if (!isAlike(source.rules, first.rules)) throw wrongField(`vouchers.${index}`, 'not_alike');
  });
  const rules = { ...first.rules, bookFrom: earliest(sources), bookUntil: latest(sources), originalValue: total };
  const child = await insertChild(trx, { record: { ...first.record, campaignId: null }, rules }, total, moment);
  await transfer(
    act,
    sources.map((source) => ({ ...source, cents: source.record.balance ?? 0 })),
    [{ id: child, cents: total }],
    'merge',
    reason,
  );
  return readVoucher(trx, child, moment);
}

/** A later end, also for a voucher that is past it. The claim is acknowledged, so its limitation begins again. */
export async function extendVoucher(
  act: Act,
  id: string,
  bookUntil: string,
  reason: string,
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (!isLegal('extend', statusOfRecord(record, rules, moment.today))) throw appError('illegal_transition');
  if (record.campaignId !== null) throw appError('follows_campaign');
  if (bookUntil < moment.today || rules.bookUntil === null || bookUntil <= rules.bookUntil)
    throw wrongField('bookUntil', 'not_later');
  if (opensAgain(rules.bookUntil, bookUntil, moment.today))
    await requireSecondPerson(trx, record.balance ?? 0, approved);
  await updateRules(trx, record.rulesId, { ...rules, bookUntil });
  await updateVoucher(trx, id, { acknowledged_on: moment.today }, moment.now);
  await audit(act, 'voucher.extend', id, {
    validity: { bookUntil: { before: rules.bookUntil, after: bookUntil } },
    reason: reasonWith(reason, approved),
  });
  return readVoucher(trx, id, moment);
}

/** A new voucher for a part of one that stays, under a lock the caller holds; by the same rules unless others are given. */
export async function branchOff(
  act: Act,
  source: Locked,
  branch: { readonly cents: number; readonly rules?: StoredRules; readonly reason: string },
): Promise<string> {
  const { trx, moment } = act;
  const { cents, rules = null, reason } = branch;
  const model = rules === null ? source : { record: { ...source.record, type: rules.type, campaignId: null }, rules };
  const child = await insertChild(trx, model, cents, moment);
  await transfer(act, [{ ...source, cents }], [{ id: child, cents }], 'residual', reason);
  return child;
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
  const members = await Promise.all(ids.map((one) => readVoucher(database.knex, one, moment)));
  return { members, links: [...links.values()].sort((a, b) => a.at - b.at) };
}

/** The rest of a voucher of which nothing is held and which this may be done to. */
function requireFree({ record, rules }: Locked, action: VoucherAction, moment: Moment): number {
  if (record.balance === null || record.balance === 0) throw appError('illegal_transition');
  if (!isLegal(action, statusOfRecord(record, rules, moment.today))) throw appError('illegal_transition');
  if (record.held > 0) throw wrongField('', 'held');
  requireNoBonus(record);
  return record.balance;
}

/** A code of a campaign goes on following it; any other gets rules of its own. */
async function insertChild(
  trx: Transaction,
  { record, rules }: Locked,
  value: number,
  moment: Moment,
): Promise<string> {
  const code = newCode();
  return insertVoucher(trx, {
    code,
    normalisedCode: normaliseCode(code),
    number: await nextNumber(trx, 'voucher', yearOf(moment.today), { now: moment.now }),
    rulesId: record.campaignId === null ? await insertRules(trx, { ...rules, originalValue: value }) : record.rulesId,
    campaignId: record.campaignId,
    type: record.type,
    paidOn: record.paidOn,
    originalValue: value,
    balance: 0,
    uses: 0,
    acknowledgedOn: moment.today,
    bookingRef: record.bookingRef,
    invoiceRef: record.invoiceRef,
    note: record.note,
    now: moment.now,
  });
}

async function transfer(
  act: Act,
  sources: readonly (Locked & { readonly cents: number })[],
  targets: readonly { readonly id: string; readonly cents: number }[],
  kind: LinkKind,
  reason: string,
): Promise<void> {
  const { trx, moment } = act;
  // A voucher whose rest alone goes over keeps its record and its state.
  const columns = kind === 'residual' ? {} : { replaced_by_id: targets[0]?.id };
  const common = { postedOn: moment.today, reason };
  for (const { record, rules, cents } of sources) {
    const postings = postingsOfTransferOut({ type: record.type, funding: rules.funding }, cents);
    await moveValue(act, { ...common, voucher: record, currency: rules.currency, change: -cents, postings, columns });
    await audit(act, `voucher.${kind}`, record.id, { reason, into: targets });
  }
  for (const { id, cents } of targets) {
    const { record, rules } = await lockedVoucher(trx, id, moment);
    const postings = postingsOfTransferIn({ type: record.type, funding: rules.funding }, cents);
    await moveValue(act, { ...common, voucher: record, currency: rules.currency, change: cents, postings });
    await audit(act, 'voucher.create', id, { reason, from: sources.map((source) => source.record.id), kind });
  }
  const links = sources.flatMap((source) =>
    targets.map((target) => ({
      fromId: source.record.id,
      toId: target.id,
      kind,
      cents: sources.length === 1 ? target.cents : source.cents,
      at: moment.now,
    })),
  );
  await insertLinks(trx, links);
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

function earliest(sources: readonly Locked[]): string | null {
  const days = sources.map(({ rules }) => rules.bookFrom);
  return days.includes(null) ? null : (days.sort()[0] ?? null);
}

function latest(sources: readonly Locked[]): string | null {
  const days = sources.map(({ rules }) => rules.bookUntil);
  return days.includes(null) ? null : (days.sort().at(-1) ?? null);
}

function wrongField(path: string, code: string, params: FieldError['params'] = {}): Error {
  return appError('rule_broken', { fields: [{ path, code, params, text: `vouchers:refusal.${code}` }] });
}
