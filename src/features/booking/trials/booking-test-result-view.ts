import type { Response } from 'express';
import { shownCode } from '../../../core/engine/code-mask.ts';
import type { CodeEntry } from '../../../core/engine/voucher.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Database } from '../../../platform/data/db.ts';
import { readEntry, type CatalogueKind } from '../../catalogue/catalogue-service.ts';
import type { BookingTest, TestedCode } from './booking-test-service.ts';
import { checkInWords, type CheckContext, type CheckInWords } from './booking-test-words-view.ts';
import { stepText } from '../redemptions/redemption-view.ts';
import { rejectionSentence } from '../quotes/rejection-service.ts';

/** The result of a test as its page shows it. `typed` are the codes as they were typed. */
export async function resultView(
  { database }: { readonly database: Database },
  res: Response,
  test: BookingTest,
  typed: readonly CodeEntry[],
  today: string,
) {
  const { t, locale, user } = res.locals;
  const { evaluation, booking } = test;
  const { currency } = evaluation;
  const masked = (code: string): string => shownCode(user, code);
  const names = await namesIn(database, test);
  const context: CheckContext = { booking, today, locale, t, nameOf: (kind, id) => names.get(`${kind} ${id}`) ?? id };
  return {
    evaluation,
    currency,
    payableText: formatMoney(evaluation.payable, currency, locale),
    alternatives: evaluation.alternatives.map((one) => ({ ...one, codes: one.codes.map(masked).join(' + ') })),
    codes: test.codes.map((code, index) => codeView(code, typed[index]?.code ?? code.entry.code)),
  };

  function codeView(tested: TestedCode, text: string) {
    const { voucher, accepted, rejected, checks } = tested;
    const inWords = voucher === null ? [] : checks.map((check) => checkInWords(check, voucher, context));
    const sentence =
      rejected === null
        ? ''
        : rejectionSentence({ ...rejected, conflictsWith: rejected.conflictsWith.map(masked) }, currency, locale, t);
    return {
      // Somebody without the right to see codes may have named the voucher by its number.
      text: voucher === null ? text : masked(voucher.code),
      title: voucher?.title ?? '',
      voucherHref: voucher === null ? '' : `/admin/vouchers/${voucher.id}`,
      isAccepted: accepted !== null,
      applied: accepted === null ? '' : formatMoney(accepted.applied, currency, locale),
      sentence,
      steps: accepted === null ? [] : accepted.explanation.map((step) => stepText(step, currency, locale, t)),
      checks: inWords,
      fixes: fixesOf(inWords),
      passed: inWords.filter(({ passed }) => passed).length,
      isOnlyStacking: rejected !== null && inWords.length > 0 && inWords.every(({ passed }) => passed),
    };
  }
}

/** What is used up is not free either: one way out is enough to say. */
function fixesOf(checks: readonly CheckInWords[]): string[] {
  const failed = checks.filter(({ fix }) => fix !== '');
  const isUsedUp = failed.some(({ name }) => name === 'used_up');
  return failed.filter(({ name }) => !(isUsedUp && name === 'held_by_another_booking')).map(({ fix }) => fix);
}

/** The names of all that the checks mention, by kind and id. */
async function namesIn(database: Database, { booking, codes }: BookingTest): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, { readonly kind: CatalogueKind; readonly id: string }>();
  const want = (kind: CatalogueKind, ids: readonly (string | null)[]): void => {
    for (const id of ids) if (id !== null) wanted.set(`${kind} ${id}`, { kind, id });
  };
  want('product', [booking.product]);
  want('theme', booking.themes);
  want('region', booking.regions);
  want('brand', [booking.brand]);
  want('partner', [booking.partner]);
  for (const { voucher } of codes) {
    if (voucher === null) continue;
    const { products, themes, regions, brand, partner } = voucher.restrictions;
    want('product', [...products.include, ...products.exclude]);
    want('theme', [...themes.include, ...themes.exclude]);
    want('region', [...regions.include, ...regions.exclude]);
    want('brand', [brand]);
    want('partner', [partner]);
  }
  const names = new Map<string, string>();
  for (const [key, { kind, id }] of [...wanted].slice(0, MAX_NAMES)) {
    const name = await nameOrNull(database, kind, id);
    if (name !== null) names.set(key, name);
  }
  return names;
}

const MAX_NAMES = 500;

async function nameOrNull(database: Database, kind: CatalogueKind, id: string): Promise<string | null> {
  try {
    return (await readEntry(database.knex, kind, id)).name;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}
