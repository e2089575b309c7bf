import type { Translate } from '../../../platform/html/i18n.ts';
import type { SmallSheet, WorkbookColumn, WorkbookValue } from '../../../platform/files/workbook-writer.ts';
import { exportColumns, type ExportColumn } from './voucher-export-columns-service.ts';

/** What makes up the Restwert, with the sign each has in it. */
const EQUATION: Readonly<Record<string, 1 | -1>> = {
  issuePrice: 1,
  bonus: 1,
  takenOver: 1,
  toppedUp: 1,
  redeemed: -1,
  reversed: 1,
  refunded: -1,
  transferred: 1,
  forfeited: -1,
  derecognised: -1,
  correction: 1,
};

const COLUMNS = exportColumns('vouchers');
const MONEY: readonly (ExportColumn & { readonly place: number })[] = COLUMNS.map((column, place) => ({
  ...column,
  place,
})).filter(({ isSummed }) => isSummed === true);
const KEYS = ['account', 'type', 'currency'].map((name) => COLUMNS.findIndex((column) => column.name === name));
const STORES = COLUMNS.findIndex(({ name }) => name === 'balance');

interface Group {
  readonly key: readonly string[];
  readonly sums: number[];
  vouchers: number;
  /** What the equation of the rows says is left, less what is left. */
  difference: number;
}

/** The rows of a Gutscheinliste added up by account, type and currency, as they are written. */
export function sumsByAccount(t: Translate): {
  readonly add: (row: readonly WorkbookValue[]) => void;
  readonly sheet: SmallSheet;
} {
  const groups = new Map<string, Group>();
  const heading = (name: string): string => t(`exchange:column.${name}`);
  const money = (text: string): WorkbookColumn => ({ heading: text, kind: 'money', width: 13 });
  return {
    add(row) {
      const key = KEYS.map((place) => String(row[place] ?? ''));
      const group = groups.get(key.join(' ')) ?? { key, sums: MONEY.map(() => 0), vouchers: 0, difference: 0 };
      groups.set(key.join(' '), group);
      group.vouchers += 1;
      const storesValue = typeof row[STORES] === 'number';
      for (const [index, { name, place }] of MONEY.entries()) {
        const cents = Number(row[place] ?? 0);
        group.sums[index] = (group.sums[index] ?? 0) + cents;
        if (storesValue) group.difference += (EQUATION[name] ?? (name === 'balance' ? -1 : 0)) * cents;
      }
    },
    sheet: {
      sheet: t('exchange:sums.sheet'),
      columns: [
        { heading: heading('account'), kind: 'text', width: 14 },
        { heading: heading('type'), kind: 'text', width: 13 },
        { heading: heading('currency'), kind: 'text', width: 9 },
        { heading: t('exchange:sums.vouchers'), kind: 'number', width: 11 },
        ...MONEY.map(({ name }) => money(heading(name))),
        money(t('exchange:sums.difference')),
      ],
      rows: {
        *[Symbol.iterator]() {
          for (const { key, vouchers, sums, difference } of [...groups.values()].sort((a, b) =>
            a.key.join(' ') < b.key.join(' ') ? -1 : 1,
          ))
            yield [...key, vouchers, ...sums, difference];
        },
      },
    },
  };
}
