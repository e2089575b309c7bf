import { currencyDigits } from '../../../core/currency.ts';
import { dayInput } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseDay, parseAmount } from '../../../platform/html/typed-input.ts';
import { textOf } from '../../../platform/http/request.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { LiabilityQuestion } from './liability-service.ts';

/** Fields for balances of the general ledger: `gl-1796-EUR`. */
export const BOOK = 'gl-';
const BOOK_NAME = /^gl-[A-Z0-9_]{1,30}-[A-Z]{3}$/;
const MAX_BOOKS = 100;

interface Speech {
  readonly t: Translate;
  readonly locale: Locale;
}

export interface Asked {
  readonly typed: { readonly from: string; readonly on: string; readonly known: string };
  /** Balances of the general ledger as typed, by the name of their field. */
  readonly books: Readonly<Record<string, string>>;
  readonly question: LiabilityQuestion | null;
  readonly errors: readonly FormError[];
}

/** What is asked for, out of a query or a form; without days it is the year up to today. */
export function asked(fields: Readonly<Record<string, unknown>>, clock: Clock, { t, locale }: Speech): Asked {
  const today = clock.today();
  const typed = {
    from: textOf(fields['from']) || dayInput(`${today.slice(0, 4)}-01-01`, locale),
    on: textOf(fields['on']) || dayInput(today, locale),
    known: textOf(fields['known']),
  };
  const errors: FormError[] = [];
  const day = (path: 'from' | 'on' | 'known'): string | null => {
    const parsed = parseDay(typed[path]);
    if (parsed.ok) return parsed.value;
    errors.push({ path, message: t(`common:${parsed.error}`) });
    return null;
  };
  const [from, on] = [day('from'), day('on')];
  const known = typed.known === '' ? null : day('known');
  if (from !== null && on !== null && from > on)
    errors.push({ path: 'on', message: t('accounting:journal.days_reversed') });
  const { books, balances } = typedBooks(fields, errors, t);
  if (from === null || on === null || (known === null && typed.known !== '') || from > on)
    return { typed, books, question: null, errors };
  // Known on a day is what was known when it ended. A balance that cannot be read leaves the report as it is.
  return {
    typed,
    books,
    errors,
    question: { from, on, knownUntil: known === null ? null : clock.endOfDay(known) - 1, books: balances },
  };
}

function typedBooks(
  fields: Readonly<Record<string, unknown>>,
  errors: FormError[],
  t: Translate,
): { readonly books: Readonly<Record<string, string>>; readonly balances: Readonly<Record<string, number>> } {
  const books = Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => BOOK_NAME.test(name))
      .slice(0, MAX_BOOKS)
      .map(([name, value]) => [name, textOf(value)]),
  );
  const balances: Record<string, number> = {};
  for (const [name, text] of Object.entries(books).filter(([, one]) => one !== '')) {
    const parsed = parseAmount(text, currencyDigits(name.slice(-3)));
    if (parsed.ok) balances[name.slice(BOOK.length)] = parsed.value;
    else errors.push({ path: name, message: t(`common:${parsed.error}`) });
  }
  return { books, balances };
}
