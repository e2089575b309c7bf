import type { Moment } from '../../../platform/process/clock.ts';
import { planReversal, type ReversalWish } from '../../../core/engine/reversal-plan.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Database, Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import {
  idempotently,
  Refused,
  type IdempotentOutcome,
  type IdempotentRequest,
} from '../../../platform/data/idempotency.ts';
import { reversalSettings } from '../../settings/reversal-settings-service.ts';
import { restoreRest } from '../../vouchers/succession/voucher-residual-service.ts';
import { extendPastDate, passOn, successionOf } from '../../vouchers/succession/voucher-successor-service.ts';
import { requestPartnerInvoices } from '../redemptions/partner-invoice-request-service.ts';
import { findRedemptionLines, lockRedemption, type RedemptionLine } from '../redemptions/redemption-store.ts';
import {
  findReversals,
  findReversibleVouchers,
  listReversals,
  lockVouchersInOrder,
  type Reversal,
  type ReversalFilter,
  type ReversibleVoucher,
} from './reversal-store.ts';
import { isWholeLine, sumOf, writeGivenBack, type Share, type StandingVoucher } from './reversal-write-service.ts';

export type { Reversal };

export interface ReversalInput {
  readonly redemptionId: string;
  /** Redemptions of other clients are not there; null: whoever's. */
  readonly clientId: string | null;
  /** `codes`: so much of each code. An amount goes back in the reverse order of application. */
  readonly wish:
    | ReversalWish
    | { readonly kind: 'codes'; readonly lines: readonly { readonly code: string; readonly amount: number }[] };
  /** What was shown to somebody who then agreed: another sum moves nothing. null: whatever the wish gives. */
  readonly expectedAmount: number | null;
  readonly reason: string;
}

export type ReversalOutcome =
  | { readonly kind: 'reversed'; readonly reversal: Reversal; readonly codes: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly code: 'not_found' | 'exceeds_redeemed'; readonly paths: readonly string[] }
  | { readonly kind: 'changed' };

/** Gives value back to the codes of a redemption, wholly or in part; never more than was redeemed. */
export function reverse(
  database: Database,
  input: ReversalInput,
  request: IdempotentRequest,
  actor: string,
  moment: Moment,
): Promise<IdempotentOutcome<ReversalOutcome>> {
  return idempotently(database, request, moment.now, async (trx) => {
    const outcome = await reverseIn(trx, input, actor, moment);
    if (outcome.kind === 'reversed') return outcome;
    throw new Refused(outcome, outcome.kind === 'refused' && outcome.code !== 'not_found');
  });
}

/** In the order in which they were made. */
export function reversalPage(database: Database, filter: ReversalFilter): Promise<Page<Reversal>> {
  return readPage(
    filter.limit,
    (limit) => listReversals(database.knex, { ...filter, limit }),
    ({ reversedAt, id }) => `${reversedAt}_${id}`,
  );
}

/** The reversals of each of these redemptions, oldest first. */
export async function readReversals(database: Database, redemptionIds: readonly string[]): Promise<Reversal[]> {
  return findReversals(database.knex, redemptionIds);
}

type Successions = ReadonlyMap<string, readonly string[]>;

/** The same inside of a larger use case; a refusal leaves it to the caller to roll back. */
export async function reverseIn(
  trx: Transaction,
  input: ReversalInput,
  actor: string,
  moment: Moment,
): Promise<ReversalOutcome> {
  const locked = await lockRedemption(trx, input.redemptionId);
  if (locked === null || (input.clientId !== null && input.clientId !== locked.clientId))
    return { kind: 'refused', code: 'not_found', paths: [] };
  const lines = await findRedemptionLines(trx, input.redemptionId);
  const voucherIds = lines.map(({ voucherId }) => voucherId);
  const successions = await lockSuccessions(trx, voucherIds);
  const vouchers = await findReversibleVouchers(trx, voucherIds);
  const shares = sharesOf(input, lines, vouchers);
  if ('paths' in shares) return { kind: 'refused', code: 'exceeds_redeemed', paths: shares.paths };
  if (input.expectedAmount !== null && sumOf(shares) !== input.expectedAmount) return { kind: 'changed' };
  const parts = { locked, shares, vouchers: await withStanding(trx, vouchers, successions) };
  const reversal = await writeGivenBack({ trx, actor, moment }, input, parts);
  await handOver(trx, shares, successions, input, locked.bookingNumber, actor, moment);
  if (shares.some(({ line }) => vouchers.some(({ id, type }) => id === line.voucherId && type === 'deal'))) {
    await requestPartnerInvoices(
      trx,
      { redemptionId: input.redemptionId, cause: `reversal:${reversal.id}` },
      actor,
      moment.now,
    );
  }
  return { kind: 'reversed', reversal, codes: Object.fromEntries(vouchers.map(({ id, code }) => [id, code])) };
}

/** A bonus is shared out where the value ends up, so that what goes on to the voucher in its place agrees to the cent. */
async function withStanding(
  trx: Transaction,
  vouchers: readonly ReversibleVoucher[],
  successions: Successions,
): Promise<StandingVoucher[]> {
  const lastOf = (id: string): string => successions.get(id)?.at(-1) ?? id;
  const passedOn = vouchers.filter(({ id, bonus }) => bonus.bonus > 0 && lastOf(id) !== id);
  const standing = new Map(
    (
      await findReversibleVouchers(
        trx,
        passedOn.map(({ id }) => lastOf(id)),
      )
    ).map(({ id, balance }) => [id, balance ?? 0]),
  );
  return vouchers.map((voucher) => ({
    ...voucher,
    standing: lastOf(voucher.id) === voucher.id ? 0 : (standing.get(lastOf(voucher.id)) ?? 0),
  }));
}

/** Locks the vouchers of the lines and all that replaced them; what was replaced while it waited is locked as well. */
async function lockSuccessions(trx: Transaction, voucherIds: readonly string[]): Promise<Successions> {
  const locked = new Set<string>();
  for (;;) {
    const successions = await successionOf(trx, voucherIds);
    const missing = [...new Set([...successions.values()].flat())].filter((id) => !locked.has(id));
    if (missing.length === 0) return successions;
    await lockVouchersInOrder(trx, missing);
    for (const id of missing) locked.add(id);
  }
}

/** Each voucher's value goes on to the one that stands in its place, and what is past its date gets its grace. */
async function handOver(
  trx: Transaction,
  shares: readonly Share[],
  successions: Successions,
  { redemptionId, reason }: ReversalInput,
  bookingNumber: string,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { graceDays } = await reversalSettings(trx);
  for (const share of shares) {
    const { voucherId } = share.line;
    const isWhole = isWholeLine(share);
    if (isWhole) await restoreRest({ trx, actor, moment }, { voucherId, redemptionId, bookingNumber });
    const succession = successions.get(voucherId) ?? [voucherId];
    await passOn({ trx, actor, moment }, succession, isWhole ? 1 : 0, reason);
    // A discount given back in part has no use more than before.
    if (share.line.kind === 'payment' || isWhole)
      await extendPastDate({ trx, actor, moment }, succession.at(-1) ?? voucherId, graceDays, reason);
  }
}

function sharesOf(
  { wish }: ReversalInput,
  lines: readonly RedemptionLine[],
  vouchers: readonly ReversibleVoucher[],
): Share[] | { readonly paths: string[] } {
  if (wish.kind === 'codes') return sharesByCode(wish.lines, lines, vouchers);
  const plan = planReversal(lines, wish);
  if ('excessive' in plan) return { paths: [...plan.excessive] };
  if (plan.shares.length === 0) return { paths: [] };
  return plan.shares.map(({ lineId, amount }) => ({ line: lineOf(lines, lineId), amount }));
}

function sharesByCode(
  wanted: readonly { readonly code: string; readonly amount: number }[],
  lines: readonly RedemptionLine[],
  vouchers: readonly ReversibleVoucher[],
): Share[] | { readonly paths: string[] } {
  const idOf = new Map(vouchers.map((voucher) => [normaliseCode(voucher.code), voucher.id]));
  const amounts = new Map<string, number>();
  const paths: string[] = [];
  wanted.forEach(({ code, amount }, index) => {
    const line = lines.find(({ voucherId }) => voucherId === idOf.get(normaliseCode(code)));
    const sum = amount + (line === undefined ? 0 : (amounts.get(line.id) ?? 0));
    if (line === undefined || sum > line.applied - line.reversed) paths.push(`lines.${index}.amount`);
    else amounts.set(line.id, sum);
  });
  if (paths.length > 0) return { paths };
  const plan = planReversal(lines, { kind: 'lines', amounts });
  return 'excessive' in plan
    ? { paths: [] }
    : plan.shares.map(({ lineId, amount }) => ({ line: lineOf(lines, lineId), amount }));
}

function lineOf(lines: readonly RedemptionLine[], id: string): RedemptionLine {
  const line = lines.find((one) => one.id === id);
  if (line === undefined) throw new Error('a plan names a line that is not there');
  return line;
}
