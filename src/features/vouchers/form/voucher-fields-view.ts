import type { Locals } from 'express';
import { VOUCHER_TYPES } from '../../../core/engine/voucher.ts';
import { currencySymbol } from '../../../platform/html/format.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { existsFor, hintKeyOf, labelKeyOf, wordKey, type VoucherField } from '../rules/voucher-field.ts';
import { fieldNamed, voucherFields } from '../rules/known-fields.ts';
import { listFields, textFields } from './field-text-form.ts';
import { fieldsInPageOrder, fieldsOfSection, type FormSection } from './form-layout-form.ts';
import type { FormOffers } from './form-offers-form.ts';
import { textIn, type RestrictionKind, type TypedVoucher } from './typed-voucher-form.ts';
import { labelOf } from './voucher-choices-view.ts';

type Words = Pick<Locals, 't' | 'locale'>;

/** Whose form it is: a stored voucher's, a new one's, or a campaign's, which has no fields of one voucher alone. */
export type FormOwner = VoucherView | 'campaign' | null;

/** What a page has to know to show the fields of the form. */
export interface FieldsState {
  readonly typed: TypedVoucher;
  readonly currency: string;
  readonly fixed: readonly string[];
  readonly offers: FormOffers;
  readonly owner: FormOwner;
}

/** Fields of a stored voucher that no form changes any more; a disabled field is not sent, so its value is put back. */
export function fixedFields(voucher: VoucherView | null): readonly string[] {
  if (voucher === null) return [];
  const isBooked = voucher.balance !== null && voucher.paidAt !== null;
  const isFixed = ({ of, fixed }: VoucherField): boolean =>
    fixed === 'made' || (fixed === 'paid' && isBooked) || (of === 'rules' && voucher.campaign !== null);
  return [
    'shownType',
    ...voucherFields()
      .filter(isFixed)
      .map(({ name }) => name),
  ];
}

/** What the codes of a campaign stand on. */
export function fixedByCodes(type: VoucherView['type'], isPaid: boolean): readonly string[] {
  const isStored = type === 'purchase' || type === 'settlement';
  const isFixed = ({ name, booked }: VoucherField): boolean =>
    (booked === 'worth' && (name === 'type' || isStored)) || (booked === 'account' && type !== 'discount');
  const names = voucherFields()
    .filter(isFixed)
    .map(({ name }) => name);
  return ['shownType', ...names, ...(isStored && isPaid ? ['paidAt'] : [])];
}

/** Whether there is a field for it now; what has none is carried along. */
function isShown(field: VoucherField, { type }: TypedVoucher, owner: FormOwner): boolean {
  if (!existsFor(field, type)) return false;
  if (owner === 'campaign') return field.name !== 'issuePrice' && field.name !== 'method';
  // A code of a campaign has its full value booked, and money that came has come.
  if (field.name === 'issuePrice') return owner?.campaign == null;
  return field.name !== 'method' || owner?.paidAt == null;
}

/** The fields of a section as what its template shows. */
function sectionOf(section: FormSection, state: FieldsState, words: Words): readonly object[] {
  return fieldsOfSection(section)
    .filter((field) => isShown(field, state.typed, state.owner))
    .filter((field) => state.owner !== 'campaign' || field.of === 'rules' || field.name === 'paidAt')
    .map((field) => fieldView(field, state, words));
}

function fieldView(field: VoucherField, state: FieldsState, words: Words): object {
  const { t } = words;
  const { name, isWide } = field;
  return {
    name,
    label: t(labelKeyOf(field)),
    hint: t(hintKeyOf(field)),
    disabled: state.fixed.includes(name),
    ...(isWide === true ? { class: 'wide' } : {}),
    ...(field.isRequired === true ? { required: true } : {}),
    ...control(field, state, words),
  };
}

/** The partial that shows a field, and what it needs beside. */
function control(field: VoucherField, { typed, currency, offers }: FieldsState, { t, locale }: Words): object {
  const { name, kind, most, lines, catalogue } = field;
  switch (kind) {
    case 'money':
      return { control: 'field', suffix: currencySymbol(currency, locale), numeric: true };
    case 'count':
      return { control: 'field', numeric: true };
    case 'day':
      return { control: 'field', placeholder: t('vouchers:day_form') };
    case 'email':
      return { control: 'field', type: 'email', maxlength: most };
    case 'customer':
      return { control: 'field', type: 'email' };
    case 'flag':
      return { control: 'checkbox-field', switch: true };
    case 'choice':
      return {
        control: 'select-field',
        options: wordsOffered(field, textIn(typed, name), t),
        ...(field.isChosen === true ? { empty: t('vouchers:choose') } : {}),
      };
    case 'list':
      return { control: 'choice-field', options: wordsOffered(field, '', t), multiple: true, inline: true };
    case 'entry': {
      const entries = catalogue === undefined ? [] : offers.entries[catalogue].filter(({ isArchived }) => !isArchived);
      return { control: 'select-field', options: selectable(entries, textIn(typed, name)), empty: t('vouchers:none') };
    }
    case 'currency':
    case 'motif':
    case 'pair':
    case 'text':
    case 'tiers':
    case 'type':
      return lines === undefined
        ? { control: 'field', maxlength: most }
        : { control: 'textarea-field', rows: lines, maxlength: most };
  }
}

/** Nobody chooses what is not to be chosen; where it stands already, it is all there is. */
function wordsOffered(
  field: VoucherField,
  chosen: string,
  t: Translate,
): readonly { readonly value: string; readonly label: string }[] {
  const { values = [], choosable = values } = field;
  const words = values.includes(chosen) && !choosable.includes(chosen) ? [chosen] : choosable;
  return words.map((value) => ({ value, label: t(wordKey(field, value)) }));
}

function selectable(
  entries: readonly { readonly id: string; readonly name: string }[],
  chosen: string,
): { value: string; label: string }[] {
  const known = entries.map(({ id, name }) => ({ value: id, label: name }));
  return chosen === '' || known.some(({ value }) => value === chosen)
    ? known
    : [...known, { value: chosen, label: chosen }];
}

/** What the templates of the form need beside its sections: the same for a voucher and for a campaign. */
export function fieldsView(state: FieldsState, words: Words) {
  const { typed, currency, fixed, offers } = state;
  const { t, locale } = words;
  const symbol = currencySymbol(currency, locale);
  const sections = (
    ['payment', 'days', 'value', 'worth', 'deal', 'usage', 'channels', 'partner', 'design', 'invoice'] as const
  ).map((section) => [section, sectionOf(section, state, words)]);
  return {
    sections: Object.fromEntries(sections) as Readonly<Record<string, readonly object[]>>,
    naming: Object.fromEntries(
      fieldsOfSection('naming').map((field) => [field.name, fieldView(field, state, words)]),
    ) as Readonly<Record<string, object>>,
    currencySign: symbol,
    types: options(VOUCHER_TYPES, 'type', t),
    methods: wordsOffered(fieldNamed('method'), '', t),
    units: [
      { value: 'percent', label: '%' },
      { value: 'amount', label: symbol },
    ],
    lists: fieldsOfSection('products').map(({ name, catalogue = 'product' }) => ({
      name,
      isFixed: fixed.includes(name),
      kind: catalogue,
      rows: typed[name as RestrictionKind],
      offered: offers.entries[catalogue].map(labelOf),
    })),
  };
}

export function options(values: readonly string[], group: string, t: Translate): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: t(`vouchers:${group}.${value.replace(/^-/, 'desc_')}`) }));
}

/** Asked even where a campaign says the rules. */
const ALWAYS_ASKED = ['code', 'campaign', 'active'];

/** What the type at hand has no field for, kept so that changing the type back and forth loses nothing. */
export function carriedFields(
  typed: TypedVoucher,
  owner: FormOwner,
  showsRules: boolean,
): { name: string; value: string }[] {
  const isCarried = (field: VoucherField): boolean =>
    showsRules ? !isShown(field, typed, owner) : !ALWAYS_ASKED.includes(field.name);
  const texts = textFields()
    .filter(isCarried)
    .map(({ name }) => ({ name, value: textIn(typed, name) }));
  return showsRules ? texts : [{ name: 'type', value: typed.type }, ...texts, ...carriedLists(typed)];
}

function carriedLists(typed: TypedVoucher): { name: string; value: string }[] {
  return listFields().flatMap(({ name, kind }) => {
    if (kind === 'list') return (typed[name] as readonly string[]).map((value) => ({ name, value }));
    return (typed[name] as readonly object[]).flatMap((row, index) =>
      Object.entries(row).map(([part, value]) => ({ name: `${name}[${index}][${part}]`, value: String(value) })),
    );
  });
}

/** A sentence in the summary on top must also make sense away from its field. */
export function labelOfPath(path: string): string {
  const [name = '', , part] = path.split('.');
  if (part === 'minTripPrice' || part === 'worth') return `vouchers:field.${part}`;
  const field = fieldsInPageOrder().find((one) => one.name === name);
  return field === undefined ? `vouchers:field.${name}` : labelKeyOf(field);
}
