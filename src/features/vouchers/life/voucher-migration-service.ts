import type { Act } from '../../../platform/data/act.ts';
import { postingsOfMigration } from '../../../core/books/postings.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { findRetired } from '../../../platform/data/retired-codes.ts';
import { appendToLedger, chainEntries } from '../../accounting/ledger/ledger-service.ts';
import { nextNumbers, yearOf } from '../../accounting/ledger/number-service.ts';
import { countCode, type CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { insertManyRules, isStoredValue, type StoredRules } from '../rules/rules-service.ts';
import {
  findIdsByCode,
  insertMigrated,
  insertRecipients,
  writeHeads,
  type MigratedRow,
} from './voucher-migration-store.ts';
import type { Recipient } from '../rows/voucher-row.ts';

/** A voucher another system gave out; its rules have been checked. */
export interface MigratedVoucher {
  readonly code: string;
  readonly rules: StoredRules;
  readonly paidOn: string | null;
  /** What is left of a paid voucher of stored value; null for other kinds and for unpaid ones. */
  readonly rest: number | null;
  readonly recipient: Recipient | null;
  readonly note: string | null;
  /** The campaign it becomes a code of, locked and asked by the caller; `rules` are the campaign's then, with the code's own value. */
  readonly campaign: Pick<CampaignRules, 'id' | 'rulesId'> | null;
}

export const MAX_MIGRATED = 500;

/**
 * Takes over at most 500 vouchers in few statements. What is left of each is posted today, with the day of payment as
 * the true day: what happened before stands in the old books. A voucher with less than its value counts one use.
 */
export async function migrateVouchers(act: Act, jobId: string, vouchers: readonly MigratedVoucher[]): Promise<void> {
  const { trx, actor, moment } = act;
  if (vouchers.length === 0) return;
  const own = vouchers.filter(({ campaign }) => campaign === null);
  const ownIds =
    own.length === 0
      ? []
      : await insertManyRules(
          trx,
          own.map(({ rules }) => rules),
        );
  const rulesIdOf = new Map(own.map((voucher, index) => [voucher, ownIds[index]]));
  const numbers = await nextNumbers(trx, 'voucher', yearOf(moment.today), vouchers.length, {
    now: moment.now,
    subject: `job:${jobId}`,
  });
  const rows = vouchers.map((voucher, index) =>
    rowOf(voucher, numbers[index] ?? '', voucher.campaign?.rulesId ?? rulesIdOf.get(voucher) ?? ''),
  );
  const ids = await insertMigrated(trx, jobId, rows, moment.now);
  const idOf = (code: string): string => ids.get(normaliseCode(code)) ?? missing();
  const chained = vouchers.flatMap(({ code, rules, paidOn, rest }) => {
    const postings = postingsOfMigration({ type: rules.type, funding: rules.funding }, rest ?? 0);
    if (postings.length === 0) return [];
    const context = {
      currency: rules.currency,
      postedOn: moment.today,
      eventOn: paidOn ?? moment.today,
      recordedAt: moment.now,
      actor,
      reason: null,
      bookingNumber: null,
      redemptionId: null,
      reversalId: null,
    };
    return [chainEntries({ voucherId: idOf(code), count: 0, hash: null }, context, postings)];
  });
  await appendToLedger(
    trx,
    chained.flatMap((one) => one.rows),
  );
  await writeHeads(
    trx,
    chained.map(({ head }) => head),
  );
  for (const [id, count] of countsOf(vouchers)) await countCode(trx, id, count);
  await insertRecipients(
    trx,
    vouchers.flatMap(({ code, recipient }) => (recipient === null ? [] : [{ voucherId: idOf(code), ...recipient }])),
  );
}

function rowOf(
  { code, rules, paidOn, rest, note, campaign }: MigratedVoucher,
  number: string,
  rulesId: string,
): MigratedRow {
  return {
    number,
    code,
    normalisedCode: normaliseCode(code),
    rulesId,
    campaignId: campaign?.id ?? null,
    type: rules.type,
    paidOn,
    note,
    originalValue: rules.originalValue,
    uses: rest !== null && rest < (rules.originalValue ?? 0) ? 1 : 0,
    balance: isStoredValue(rules.type) ? (rest ?? 0) : null,
  };
}

function countsOf(vouchers: readonly MigratedVoucher[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { campaign } of vouchers)
    if (campaign !== null) counts.set(campaign.id, (counts.get(campaign.id) ?? 0) + 1);
  return counts;
}

/** Which of these normalised codes are given out already; at most 500. */
export async function takenCodes(connection: Connection, normalisedCodes: readonly string[]): Promise<Set<string>> {
  return new Set([
    ...(await findIdsByCode(connection, normalisedCodes)).keys(),
    ...(await findRetired(connection, normalisedCodes)).keys(),
  ]);
}

function missing(): never {
  throw new Error('a voucher that was just written is gone');
}
