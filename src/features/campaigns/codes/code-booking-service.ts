import type { Act } from '../../../platform/data/act.ts';
import { DEFAULT_PAYMENT_METHOD, postingsOfIssue } from '../../../core/books/postings.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { appendToLedger, chainEntries } from '../../accounting/ledger/ledger-service.ts';
import { postingDay } from '../../accounting/ledger/posting-day-service.ts';
import { fourEyesSettings } from '../../settings/four-eyes-settings-service.ts';
import { writeBookedCodes } from '../../vouchers/rows/code-row.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import type { CampaignRecord } from '../record/campaign-store.ts';
import { findUnbookedCodes } from './code-store.ts';

/** Codes whose value one request books at once when their campaign is paid. */
const MAX_BOOKED_AT_ONCE = 10_000;
const BOOKED_PER_STEP = 500;

/** A campaign of stored value that is paid. */
export interface CampaignToBook {
  readonly campaignId: string;
  readonly rules: StoredRules;
  readonly paidOn: string;
}

export interface CodesToBook {
  readonly limit: number;
  /** null: whichever have none booked yet. */
  readonly ids?: readonly string[] | null;
}

/** Books the value of up to `limit` codes, of those named or of all, that have none booked yet; how many it were. */
export async function bookCodes(
  act: Act,
  { campaignId, rules, paidOn }: CampaignToBook,
  { limit, ids = null }: CodesToBook,
): Promise<number> {
  const { trx, actor, moment } = act;
  const codes = await findUnbookedCodes(trx, campaignId, limit, ids);
  await requireSmallGoodwill(
    trx,
    rules,
    codes.reduce((most, { originalValue }) => Math.max(most, originalValue), 0),
  );
  const day = await postingDay(trx, paidOn, moment.today);
  const kept = { currency: rules.currency, ...day, recordedAt: moment.now, actor, reason: null };
  const context = { ...kept, bookingNumber: null, redemptionId: null, reversalId: null };
  const booked = codes.map(({ id, originalValue }) => {
    const postings = postingsOfIssue(
      { type: rules.type, funding: rules.funding },
      originalValue,
      DEFAULT_PAYMENT_METHOD,
    );
    return { originalValue, ...chainEntries({ voucherId: id, count: 0, hash: null }, context, postings) };
  });
  await appendToLedger(
    trx,
    booked.flatMap(({ rows }) => rows),
  );
  const written = booked.map(({ head, originalValue }) => ({
    id: head.voucherId,
    balance: originalValue,
    ledgerCount: head.count,
    ledgerHead: head.hash,
  }));
  if (written.length > 0) await writeBookedCodes(trx, written, paidOn);
  return written.length;
}

/** Whoever pays a campaign pays all its codes; their value is booked at once. */
export async function payCampaign(
  act: Act,
  record: CampaignRecord,
  rules: StoredRules,
  paidOn: string | null,
): Promise<void> {
  if (record.paidOn !== null || paidOn === null) throw appError('fixed_once_paid');
  if (record.codeCount > MAX_BOOKED_AT_ONCE) {
    const params = { max: MAX_BOOKED_AT_ONCE };
    throw appError('rule_broken', {
      fields: [{ path: 'paidAt', code: 'too_many_codes', text: 'campaigns:refusal.too_many_codes', params }],
    });
  }
  for (let left = record.codeCount; left > 0; left -= BOOKED_PER_STEP) {
    await bookCodes(act, { campaignId: record.id, rules, paidOn }, { limit: BOOKED_PER_STEP });
  }
}

/** Goodwill from the four-eyes limit on is accepted voucher by voucher, so no campaign gives it away. */
export async function requireSmallGoodwill(connection: Connection, rules: StoredRules, cents: number): Promise<void> {
  if (rules.funding !== 'goodwill') return;
  const { isOn, limit } = await fourEyesSettings(connection);
  if (isOn && cents >= limit)
    throw appError('rule_broken', {
      fields: [
        { path: 'value.originalValue', code: 'needs_second_person', text: 'campaigns:refusal.needs_second_person' },
      ],
    });
}
