import { writeJobFile } from '../../../platform/jobs/job-file.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { formatInstant } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import {
  WORKBOOK_TYPE,
  writeWorkbook,
  type Workbook,
  type WorkbookColumn,
} from '../../../platform/files/workbook-writer.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { cashBook, CASH_BOOK_JOB, type CashBookPayload, type CashBookRow } from './cash-book-service.ts';

/** The movements of a drawer in a day or a month, with what lay in it after each: what a cash book must show. */
export function cashBookJob(shell: Shell): JobHandler {
  return {
    kind: CASH_BOOK_JOB,
    async run(job) {
      const payload = job.payload as CashBookPayload;
      const t = shell.i18n.translator(payload.locale);
      const name = `${t('counter:cash_book.file')}-${payload.period}.xlsx`;
      const file = { key: `jobs/${job.id}/cash-book.xlsx`, name, mediaType: WORKBOOK_TYPE };
      const rows = await writeJobFile(shell.files, [file], async () => {
        const workbook = await workbookOf(shell, payload, t);
        const { count } = await writeWorkbook(await shell.files.write(file.key), workbook);
        return count;
      });
      return { file, rows };
    },
  };
}

/** In the order of the sheet, which never changes: people build on it. */
const COLUMNS: readonly (Omit<WorkbookColumn, 'heading'> & { readonly name: string })[] = [
  { name: 'at', kind: 'instant', width: 17 },
  { name: 'document', kind: 'text', width: 18 },
  { name: 'event', kind: 'text', width: 20 },
  { name: 'reference', kind: 'text', width: 30 },
  { name: 'in', kind: 'money', width: 14, isSummed: true },
  { name: 'out', kind: 'money', width: 14, isSummed: true },
  { name: 'balance', kind: 'money', width: 14 },
  { name: 'currency', kind: 'text', width: 9 },
  { name: 'who', kind: 'text', width: 20 },
];

async function workbookOf(shell: Shell, payload: CashBookPayload, t: Translate): Promise<Workbook> {
  const { database, clock, timeZone, version, namesOfActors } = shell;
  const { till, period, locale, userName } = payload;
  const found = await cashBook(database.knex, payload);
  const names = await namesOfActors([...new Set(found.map(({ actor }) => actor))]);
  const { companyName } = await documentSettings(database.knex);
  const facts = [
    ['tenant', companyName],
    ['what', t('counter:cash_book.title')],
    ['filter', `${till}, ${period}`],
    ['run_at', formatInstant(clock.now(), timeZone, locale)],
    ['user', userName],
    ['version', version],
  ] as const;
  return {
    sheet: t('counter:cash_book.title'),
    columns: COLUMNS.map(({ name, ...column }) => ({ ...column, heading: t(`counter:cash_book.column.${name}`) })),
    rows: found.map((row) => cellsOf(row, names.get(row.actor) ?? row.actor, t)),
    timeZone,
    currencyColumn: COLUMNS.findIndex(({ name }) => name === 'currency'),
    totalLabel: t('accounting:workbook.total'),
    parameters: {
      sheet: t('accounting:workbook.parameters'),
      headings: [t('accounting:workbook.parameter'), t('accounting:workbook.value')],
      rows: ({ count, hash }) =>
        [...facts, ['count', count] as const, ['hash', hash] as const].map(([name, value]) => [
          t(`accounting:workbook.fact.${name}`),
          value,
        ]),
    },
  };
}

function cellsOf(
  { recordedAt, documentNumber, event, reference, cash, balance, currency }: CashBookRow,
  who: string,
  t: Translate,
) {
  return [
    recordedAt,
    documentNumber ?? '',
    t(`counter:event.${event}`),
    reference,
    cash > 0 ? cash : null,
    cash < 0 ? -cash : null,
    balance,
    currency,
    who,
  ];
}
