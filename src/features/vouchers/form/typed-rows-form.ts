import type { VoucherType } from '../../../core/engine/voucher.ts';
import { parseMoney } from '../../../platform/html/typed-input.ts';
import { textFields } from './field-text-form.ts';
import {
  MAX_ROWS,
  RESTRICTION_KINDS,
  type TypedRestriction,
  type TypedTier,
  type TypedVoucher,
} from './typed-voucher-form.ts';

/** Another type: what still stands as its own type preset it becomes what the new one presets; all that was typed stays. */
export function takeType(typed: TypedVoucher, presetOf: (type: VoucherType) => TypedVoucher): TypedVoucher {
  const [before, after] = [presetOf(typed.shownType), presetOf(typed.type)];
  const texts = Object.fromEntries(
    textFields().map(({ name }) => [name, typed[name] === before[name] ? after[name] : typed[name]]),
  );
  const areTiersUntouched = typed.tiers.every(({ worth }) => worth.trim() === '');
  return { ...typed, ...texts, shownType: typed.type, tiers: areTiersUntouched ? after.tiers : typed.tiers };
}

/** Adds or takes a row away; null where the button asks for something else. */
export function changeRows(typed: TypedVoucher, action: string): TypedVoucher | null {
  const [verb, list, index] = action.split(':');
  if (list !== 'tiers' && !RESTRICTION_KINDS.some((kind) => kind === list)) return null;
  const rows = typed[list ?? ''] as readonly unknown[];
  const lastUnit = typed.tiers.at(-1)?.unit ?? (typed.type === 'discount' ? 'percent' : 'amount');
  const empty = list === 'tiers' ? { minTripPrice: '', worth: '', unit: lastUnit } : { entry: '', not: '' };
  if (verb === 'add')
    return {
      ...sortTiers(typed),
      [list ?? '']: [...(list === 'tiers' ? sortTiers(typed).tiers : rows), empty].slice(0, MAX_ROWS),
    };
  return verb === 'remove' ? { ...typed, [list ?? '']: rows.filter((_row, at) => String(at) !== index) } : null;
}

/** Without rows that say nothing, and tiers in the order in which they take effect. */
export function tidyRows(typed: TypedVoucher): TypedVoucher {
  const named = (rows: readonly TypedRestriction[]): TypedRestriction[] =>
    rows.filter(({ entry }) => entry.trim() !== '');
  const tiers = typed.tiers.filter(({ minTripPrice, worth }) => minTripPrice.trim() !== '' || worth.trim() !== '');
  return sortTiers({
    ...typed,
    tiers,
    products: named(typed.products),
    themes: named(typed.themes),
    regions: named(typed.regions),
  });
}

function sortTiers(typed: TypedVoucher): TypedVoucher {
  const priceOf = ({ minTripPrice }: TypedTier): number => {
    if (minTripPrice.trim() === '') return 0;
    const price = parseMoney(minTripPrice);
    return price.ok ? price.value : Number.MAX_SAFE_INTEGER;
  };
  return { ...typed, tiers: [...typed.tiers].sort((a, b) => priceOf(a) - priceOf(b)) };
}
