import { DEFAULT_PAYMENT_METHOD, PAYMENT_METHODS } from '../../core/books/postings.ts';
import {
  CHANNELS,
  CHOOSABLE_FUNDINGS,
  DEAL_ENTRIES,
  FUNDINGS,
  MULTIPLIERS,
  RESIDUALS,
} from '../../core/engine/voucher.ts';
import type { FieldKind, VoucherField } from './rules/voucher-field.ts';

const STORED = ['purchase', 'settlement'] as const;
const DEAL = ['deal'] as const;
const MAX_COUNT = 1_000_000_000;
const MAX_NAME = 200;
const MAX_EMAIL = 254;
const MAX_REFERENCE = 64;
/** Characters of an internal note. */
const MAX_NOTE = 1000;

type More = Omit<VoucherField, 'name' | 'kind' | 'path' | 'of'>;

const rule = (name: string, kind: FieldKind, path: string, more: More): VoucherField => ({
  ...{ name, kind, of: 'rules', path },
  ...more,
});
const own = (name: string, kind: FieldKind, path: string, more: More): VoucherField => ({
  ...{ name, kind, of: 'voucher', path },
  ...more,
});
const asked = (name: string, kind: FieldKind, path: string, more: More): VoucherField => ({
  ...{ name, kind, of: 'making', path },
  ...more,
});
/** The words of the sheet are shorter than the form's. */
const sheet = (place: number, width: number): NonNullable<VoucherField['sheet']> => ({
  place,
  width,
  hasOwnWords: true,
});

/** Of an import, by the headings it is known by. */
const column = (place: number, ...headings: readonly string[]): NonNullable<VoucherField['imported']> => ({
  place,
  headings,
  hasOwnWords: true,
});

/**
 * Every field of a voucher, a row each, in the order of the API: name, kind, path in the API, and what else is to be
 * known of it (the words stand at `VoucherField`). Stored rules, API and OpenAPI, form, the merging of two people's
 * changes, history, Excel, import, export and duplicates follow from it. A new field is a row here, a column in a
 * migration, and its label and help in `locales/<language>/vouchers.json`; a rule about it stands in the core.
 */
export const VOUCHER_FIELDS: readonly VoucherField[] = [
  rule('type', 'type', 'type', { column: 'type', fixed: 'made', booked: 'worth' }),
  rule('title', 'text', 'title', {
    column: 'title',
    isRequired: true,
    isWide: true,
    most: MAX_NAME,
    sheet: sheet(1, 30),
  }),
  rule('currency', 'currency', 'currency', { column: 'currency', booked: 'worth' }),
  rule('multiplier', 'choice', 'value.multiplier', {
    column: 'multiplier',
    values: MULTIPLIERS,
    preset: () => 'booking',
  }),
  rule('tiers', 'tiers', 'value.tiers', {}),
  rule('maxAmount', 'money', 'value.maxAmount', { column: 'max_amount', sheet: sheet(6, 12) }),
  rule('originalValue', 'money', 'value.originalValue', {
    column: 'original_value',
    types: STORED,
    isRequired: true,
    fixed: 'paid',
    booked: 'worth',
  }),
  rule('bookFrom', 'day', 'validity.bookFrom', {
    column: 'book_from',
    sheet: sheet(2, 12),
    imported: column(7, 'gültig von', 'gültig ab', 'valid from', 'ab'),
  }),
  rule('bookUntil', 'day', 'validity.bookUntil', {
    column: 'book_until',
    sheet: sheet(3, 12),
    imported: column(
      8,
      'gültig bis',
      'buchung bis',
      'valid until',
      'valid to',
      'ablauf',
      'ablaufdatum',
      'expires',
      'bis',
    ),
  }),
  rule('travelFrom', 'day', 'validity.travelFrom', {
    column: 'travel_from',
    sheet: sheet(4, 12),
  }),
  rule('travelUntil', 'day', 'validity.travelUntil', { column: 'travel_until', sheet: sheet(5, 12) }),
  rule('products', 'pair', 'restrictions.products', {
    catalogue: 'product',
    tab: 'products',
    label: 'vouchers:restriction.products',
  }),
  rule('themes', 'pair', 'restrictions.themes', {
    catalogue: 'theme',
    tab: 'products',
    label: 'vouchers:restriction.themes',
  }),
  rule('regions', 'pair', 'restrictions.regions', {
    catalogue: 'region',
    tab: 'products',
    label: 'vouchers:restriction.regions',
  }),
  rule('brand', 'entry', 'restrictions.brand', {
    column: 'brand_id',
    catalogue: 'brand',
    fixed: 'paid',
    booked: 'account',
    imported: column(11, 'marke', 'brand'),
  }),
  rule('partner', 'entry', 'restrictions.partner', {
    column: 'partner_id',
    catalogue: 'partner',
    imported: column(12, 'partner', 'dealpartner'),
  }),
  rule('channels', 'list', 'restrictions.channels', {
    column: 'channels',
    values: CHANNELS,
    wordsOf: 'channel',
  }),
  rule('customerEmail', 'customer', 'restrictions.customer', {
    column: 'customer_id',
    most: MAX_EMAIL,
    isPersonal: true,
  }),
  rule('minTravellers', 'count', 'restrictions.minTravellers', {
    column: 'min_travellers',
    most: 99,
    sheet: sheet(9, 12),
  }),
  rule('maxUses', 'count', 'usage.maxUses', {
    column: 'max_uses',
    most: MAX_COUNT,
    // Value is used until it is used up.
    preset: ({ type }) => (type === 'purchase' || type === 'settlement' ? null : 1),
    sheet: sheet(7, 12),
  }),
  rule('maxUsesPerCustomer', 'count', 'usage.maxUsesPerCustomer', {
    column: 'max_uses_per_customer',
    most: MAX_COUNT,
    hint: 'vouchers:hint.maxUses',
    sheet: sheet(8, 12),
  }),
  rule('exclusive', 'flag', 'stacking.exclusive', { column: 'is_exclusive', isWide: true }),
  rule('paysInFull', 'flag', 'deal.paysInFull', { column: 'deal', types: DEAL }),
  rule('entry', 'choice', 'deal.entry', {
    column: 'deal',
    types: DEAL,
    values: DEAL_ENTRIES,
    preset: () => 'deal_page',
  }),
  rule('invoicePartner', 'flag', 'deal.invoicePartner', { column: 'deal', types: DEAL, isWide: true }),
  rule('partnerPrice', 'money', 'deal.partnerPrice', {
    column: 'deal',
    types: DEAL,
    least: 1,
  }),
  rule('funding', 'choice', 'funding', {
    column: 'funding',
    types: ['settlement'],
    values: FUNDINGS,
    choosable: CHOOSABLE_FUNDINGS,
    preset: ({ type }) => (type === 'settlement' ? 'refund_conversion' : null),
    isChosen: true,
    isRequired: true,
    fixed: 'paid',
    booked: 'worth',
    imported: column(15, 'finanzierung', 'finanzierung (verrechnung)', 'grund', 'funding'),
  }),
  rule('residual', 'choice', 'residual', {
    column: 'residual',
    types: STORED,
    values: RESIDUALS,
    preset: () => 'keep',
    fixed: 'made',
    booked: 'worth',
  }),
  rule('refundOnExpiry', 'flag', 'refundOnExpiry', {
    column: 'refund_on_expiry',
    isWide: true,
    types: STORED,
    // A gift and a discount are owed to nobody, so there is nothing to pay out.
    holdsFor: ({ type, funding }) => (type === 'purchase' || type === 'settlement') && funding !== 'goodwill',
    imported: column(
      16,
      'auszahlung bei ablauf',
      'rest bei ablauf auszahlen',
      'refund on expiry',
      'pay out at the end',
    ),
  }),
  rule('motif', 'motif', 'motif', { column: 'motif_id', most: MAX_REFERENCE, tab: 'design' }),
  rule('message', 'text', 'message', {
    column: 'message',
    most: 2000,
    lines: 5,
    isWide: true,
    tab: 'design',
    sheet: sheet(10, 40),
  }),
  own('paidAt', 'day', 'paidAt', { fixed: 'paid' }),
  own('bookingId', 'text', 'bookingId', { most: MAX_REFERENCE, tab: 'invoice', sheet: sheet(11, 16) }),
  own('invoiceId', 'text', 'invoiceId', { most: MAX_REFERENCE, tab: 'invoice', sheet: sheet(12, 16) }),
  own('note', 'text', 'note', {
    most: MAX_NOTE,
    lines: 4,
    isWide: true,
    tab: 'invoice',
    sheet: sheet(13, 40),
    imported: column(14, 'interne notiz', 'notiz', 'bemerkung', 'vermerk', 'note', 'internal note', 'comment'),
  }),
  own('recipientName', 'text', 'recipient.name', {
    most: MAX_NAME,
    tab: 'design',
    isPersonal: true,
    imported: column(9, 'empfänger', 'recipient', 'empfängername', 'recipient name', 'kunde', 'beschenkter'),
  }),
  own('recipientEmail', 'email', 'recipient.email', {
    most: MAX_EMAIL,
    tab: 'design',
    isPersonal: true,
    imported: column(10, 'e-mail', 'email', 'mail', 'empfänger e-mail', 'recipient email'),
  }),
  asked('code', 'text', 'code', { fixed: 'made' }),
  asked('campaign', 'text', 'campaign', { fixed: 'made', isCopied: true }),
  asked('issuePrice', 'money', 'issuePrice', { types: ['purchase'], fixed: 'made', isCopied: true }),
  asked('method', 'choice', 'paymentMethod', {
    types: ['purchase'],
    values: PAYMENT_METHODS,
    preset: () => DEFAULT_PAYMENT_METHOD,
  }),
  asked('active', 'flag', 'active', { fixed: 'made', preset: () => true }),
];
