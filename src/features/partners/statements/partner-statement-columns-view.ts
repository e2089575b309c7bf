import type { Translate } from '../../../platform/html/i18n.ts';
import { textOf } from '../../../platform/http/request.ts';
import type { Statement, StatementHead } from './partner-statement-service.ts';
import { STATEMENT_WORDS } from './partner-statement-view.ts';

/** The headings of a file to choose its columns by. */
export function columnsView(
  { kind }: Statement,
  { guessed, headingRow, headings, samples }: StatementHead,
  body: Readonly<Record<string, unknown>>,
  t: Translate,
) {
  const value = (name: 'code' | 'amount' | 'status'): string => textOf(body[name]) || String(guessed?.[name] ?? '');
  return {
    values: { code: value('code'), amount: value('amount'), status: value('status') },
    statusHint: t(STATEMENT_WORDS[kind].statusHint),
    headingRow,
    columns: headings.map((text, index) => ({
      value: String(index),
      label: text === '' ? t('partner_statements:column_number', { number: index + 1 }) : text,
    })),
    headings,
    samples,
  };
}
