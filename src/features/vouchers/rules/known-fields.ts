import { VOUCHER_FIELDS } from '../fields.ts';
import type { VoucherField } from './voucher-field.ts';

let fields = VOUCHER_FIELDS;

/** The fields of this process, in the order of the API. */
export function voucherFields(): readonly VoucherField[] {
  return fields;
}

/**
 * Lengthens the table for all that reads it from now on, and answers how to end that. This is for the test that adds a
 * field nobody has heard of and looks for it everywhere; the product's own fields stand in `fields.ts`.
 */
export function withFields(more: readonly VoucherField[]): () => void {
  fields = [...VOUCHER_FIELDS, ...more];
  return () => {
    fields = VOUCHER_FIELDS;
  };
}

export function ruleFields(): readonly VoucherField[] {
  return fields.filter(({ of }) => of === 'rules');
}

/** What every quote needs of the rules' fields: worked out once, and anew only for a lengthened table. */
export function ofRuleFields<T>(workOut: (fields: readonly VoucherField[]) => T): () => T {
  const known = new WeakMap<readonly VoucherField[], { readonly result: T }>();
  return () => {
    const before = known.get(fields);
    if (before !== undefined) return before.result;
    const result = workOut(ruleFields());
    known.set(fields, { result });
    return result;
  };
}

/** What the API tells and the log compares. */
export function keptFields(): readonly VoucherField[] {
  return fields.filter(({ of }) => of !== 'making');
}

export function fieldNamed(name: string): VoucherField {
  const found = fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`a voucher has no field ${name}`);
  return found;
}

/** Whose place in the JSON this is, or lies in: `value.tiers.0.amount` is one of the tiers'. */
export function fieldAt(path: string): VoucherField | undefined {
  return fields.find((field) => field.path === path || path.startsWith(`${field.path}.`));
}
