import { RIGHTS, rightsWhere, type Right } from '../../../core/access.ts';

/** A granted right is a column of its own. */
const COLUMNS = {
  canSeeCodes: 'can_see_codes',
  canSendVouchers: 'can_send_vouchers',
  canPrintVouchers: 'can_print_vouchers',
  canRefund: 'can_refund',
  canChangeSettings: 'can_change_settings',
} as const satisfies Readonly<Record<Right, string>>;

export type RightsRow = Readonly<Record<(typeof COLUMNS)[Right], number | boolean>>;

export function rightsOf(row: RightsRow): Readonly<Record<Right, boolean>> {
  return rightsWhere((right) => Boolean(row[COLUMNS[right]]));
}

export function rightColumnsOf(rights: Readonly<Record<Right, boolean>>): Readonly<Record<string, boolean>> {
  return Object.fromEntries(RIGHTS.map((right) => [COLUMNS[right], rights[right]]));
}
