import type { FieldTab, VoucherField } from '../rules/voucher-field.ts';
import { voucherFields } from '../rules/known-fields.ts';

/** What stands where in the form, in the order of the page. A field that no section names stands last in its tab. */
const SECTIONS = {
  naming: ['title', 'code', 'campaign', 'active'],
  payment: ['paidAt', 'method'],
  days: ['bookFrom', 'bookUntil', 'travelFrom', 'travelUntil'],
  value: ['originalValue', 'issuePrice'],
  worth: ['residual', 'refundOnExpiry', 'funding', 'multiplier', 'maxAmount'],
  deal: ['paysInFull', 'entry', 'partnerPrice'],
  tiers: ['tiers'],
  usage: ['maxUses', 'maxUsesPerCustomer', 'minTravellers', 'customerEmail', 'exclusive'],
  channels: ['channels'],
  partner: ['partner', 'brand', 'invoicePartner'],
  motif: ['motif'],
  design: ['message', 'recipientName', 'recipientEmail'],
  invoice: ['bookingId', 'invoiceId', 'note'],
  products: ['products', 'themes', 'regions'],
} as const;
export type FormSection = keyof typeof SECTIONS;

const LAST_OF_TAB: Readonly<Record<FieldTab, FormSection>> = {
  validity: 'usage',
  design: 'design',
  invoice: 'invoice',
  products: 'products',
};

const NAMED: readonly string[] = Object.values(SECTIONS).flat();

export function fieldsOfSection(section: FormSection): VoucherField[] {
  const named = SECTIONS[section].flatMap((name) => voucherFields().filter((field) => field.name === name));
  const others = voucherFields().filter((field) => isTyped(field) && !NAMED.includes(field.name));
  return [...named, ...others.filter((field) => LAST_OF_TAB[tabOf(field)] === section)];
}

/** Every field of the form in the order of the page, as mistakes and differences are told. */
export function fieldsInPageOrder(): VoucherField[] {
  return (Object.keys(SECTIONS) as FormSection[]).flatMap(fieldsOfSection);
}

export function tabOf({ tab = 'validity' }: VoucherField): FieldTab {
  return tab;
}

/** The type is chosen before, and the currency is everywhere the same. */
function isTyped({ kind }: VoucherField): boolean {
  return kind !== 'type' && kind !== 'currency';
}
