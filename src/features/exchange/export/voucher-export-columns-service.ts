import type { WorkbookKind } from '../../../platform/files/workbook-writer.ts';
import { labelKeyOf, type VoucherField } from '../../vouchers/rules/voucher-field.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';

export const EXPORT_KINDS = ['vouchers', 'codes'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export interface ExportColumn {
  readonly name: string;
  /** The key of its heading. */
  readonly heading: string;
  /** Shows what the voucher says in a field; none: the cells of the sheet know. */
  readonly field?: VoucherField;
  readonly kind: WorkbookKind;
  readonly width: number;
  readonly isSummed?: boolean;
}

const column = (name: string, kind: WorkbookKind, width: number): ExportColumn => ({
  ...{ name, kind, width, heading: `exchange:column.${name}` },
});
const text = (name: string, width = 16): ExportColumn => column(name, 'text', width);
const day = (name: string): ExportColumn => column(name, 'day', 12);
const money = (name: string): ExportColumn => ({ ...column(name, 'money', 13), isSummed: true });
const count = (name: string): ExportColumn => column(name, 'number', 10);
const instant = (name: string): ExportColumn => column(name, 'instant', 17);

/** In the order of the sheet, which never changes: people build on it. */
const COLUMNS: Readonly<Record<ExportKind, readonly ExportColumn[]>> = {
  vouchers: [
    text('number'),
    text('type', 13),
    text('storesValue', 10),
    text('vatClass', 11),
    text('campaign', 26),
    text('title', 30),
    text('brand', 18),
    text('partner', 18),
    text('funding', 20),
    day('issuedOn'),
    day('paidOn'),
    text('method', 16),
    text('saleDocument', 18),
    text('customer', 14),
    text('currency', 9),
    money('faceValue'),
    money('issuePrice'),
    money('bonus'),
    money('takenOver'),
    money('toppedUp'),
    money('redeemed'),
    money('reversed'),
    money('refunded'),
    money('transferred'),
    money('forfeited'),
    money('derecognised'),
    money('correction'),
    money('balance'),
    money('bonusBalance'),
    count('redemptions'),
    text('bookings', 22),
    day('lastMove'),
    day('validFrom'),
    day('bookUntil'),
    day('travelUntil'),
    day('limitedOn'),
    text('status', 16),
    text('held', 10),
    text('locked', 9),
    text('account', 12),
    text('costCentre', 10),
    text('exportRun', 16),
    text('note', 40),
  ],
  codes: [
    text('number'),
    text('code', 24),
    text('campaign', 26),
    text('status', 16),
    instant('createdAt'),
    text('createdBy', 18),
    instant('sentAt'),
    text('sentTo', 24),
    text('type', 13),
    text('worth', 16),
    text('tiers', 34),
    text('multiplier', 14),
    text('maxUses', 11),
    count('uses'),
    day('validFrom'),
    day('bookUntil'),
    day('paidOn'),
    instant('redeemedAt'),
    text('bookings', 22),
    text('replacedBy', 18),
    text('replaces', 18),
  ],
};

/** Fields that are exported as they are stand behind all others. */
export function exportColumns(kind: ExportKind): readonly ExportColumn[] {
  const more = voucherFields().flatMap((field): ExportColumn[] =>
    field.exported?.kind === kind
      ? [{ name: field.name, heading: labelKeyOf(field), kind: cellKindOf(field), width: field.exported.width, field }]
      : [],
  );
  return [...COLUMNS[kind], ...more];
}

function cellKindOf({ kind, name }: VoucherField): WorkbookKind {
  if (kind === 'day' || kind === 'money' || kind === 'text') return kind;
  if (kind === 'count') return 'number';
  throw new Error(`no cell of an export can hold ${name}`);
}
