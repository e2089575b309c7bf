import { isMalformedCode } from '../../../core/engine/voucher-code.ts';
import { nested, valueAt } from '../../../platform/data/json-path.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { parsePercent } from '../../../platform/html/typed-input.ts';
import type { VoucherBody } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import type { TierBody } from '../rules/rules-service.ts';
import { existsFor, groupOf, presetOf, type VoucherField } from '../rules/voucher-field.ts';
import { fieldAt, keptFields } from '../rules/known-fields.ts';
import { moneyOf, readText, readWith, type FieldProblem, type ReadField } from './field-text-form.ts';
import { fieldsInPageOrder } from './form-layout-form.ts';
import type { ResolvedEntries } from './voucher-choices-view.ts';
import { textIn, type RestrictionKind, type TypedTier, type TypedVoucher } from './typed-voucher-form.ts';

export interface FormContext {
  readonly t: Translate;
  readonly currency: string;
  /** What the restrictions' rows name, as ids. */
  readonly entries: ResolvedEntries['entries'];
  /** The stored voucher of which the form shows all but a few fields; null for a new one. */
  readonly voucher: VoucherView | null;
}

export interface ReadBody {
  readonly body: VoucherBody;
  readonly errors: readonly FormError[];
}

const MAX_CODE_TEXT = 100;

/** The typed form as the body the service takes, and what of it cannot be read, in the order of the page. */
export function bodyOf(typed: TypedVoucher, context: FormContext): ReadBody {
  const errors: FormError[] = [];
  const wrong = (path: string, { key, params }: FieldProblem): void => {
    errors.push({ path, message: context.t(key, params) });
  };
  const values = new Map<string, unknown>();
  for (const field of fieldsInPageOrder()) {
    values.set(field.name, valueOf(field, typed, context, wrong));
    const problem = problemOf(field, typed, context);
    if (problem !== null) wrong(field.name, problem);
  }
  return { body: composed(typed, values, context.voucher === null), errors };
}

function composed(typed: TypedVoucher, values: ReadonlyMap<string, unknown>, isNew: boolean): VoucherBody {
  const places = keptFields()
    .filter(({ name }) => values.has(name))
    .map((field): [string, unknown] =>
      groupOf(field) === 'deal' && typed.type !== 'deal' ? ['deal', null] : [field.path, values.get(field.name)],
    );
  const isForNobody = values.get('recipientName') === null && values.get('recipientEmail') === null;
  const [code, issuePrice, method] = [textIn(typed, 'code').trim(), values.get('issuePrice'), values.get('method')];
  return {
    ...nested(places),
    type: typed.type,
    active: values.get('active') === true,
    ...(isForNobody ? { recipient: null } : {}),
    ...(code === '' ? {} : { code }),
    ...(isNew && issuePrice !== null ? { issuePrice } : {}),
    ...(typed.type === 'purchase' && method !== null && values.get('paidAt') !== null ? { paymentMethod: method } : {}),
  } as unknown as VoucherBody;
}

type Wrong = (path: string, problem: FieldProblem) => void;

function valueOf(field: VoucherField, typed: TypedVoucher, context: FormContext, wrong: Wrong): unknown {
  const { name, kind, values = [] } = field;
  const preset = (): unknown => presetOf(field, { type: typed.type, funding: null });
  if (!existsFor(field, typed.type)) return preset();
  if (kind === 'tiers')
    return typed.tiers.map((tier, index) => tierOf(tier, `tiers.${index}`, context.currency, wrong));
  if (kind === 'pair') return context.entries[name as RestrictionKind];
  if (kind === 'list') return values.filter((word) => (typed[name] as readonly string[]).includes(word));
  const { value, problem } = readText(field, textIn(typed, name), context.currency);
  if (problem !== undefined && !isSettled(field, context)) wrong(name, problem);
  if (kind === 'customer') return customerOf(value, context.voucher);
  if (kind === 'choice' && value === null && field.isChosen !== true) return preset();
  return kind === 'text' && field.isRequired === true ? (value ?? '') : value;
}

/** The issue price of a stored voucher is only shown. */
function isSettled({ of, kind }: VoucherField, { voucher }: FormContext): boolean {
  return of === 'making' && kind === 'money' && voucher !== null;
}

/** What is wrong with a field although it can be read. */
function problemOf(field: VoucherField, typed: TypedVoucher, { voucher }: FormContext): FieldProblem | null {
  const { name, kind } = field;
  const text = textIn(typed, name).trim();
  if (name === 'code' && voucher === null && text !== '' && !isSoundCode(text))
    return { key: 'vouchers:code_malformed' };
  if (name === 'partner' && text === '' && typed.type === 'deal' && textIn(typed, 'invoicePartner').trim() === 'true')
    return { key: 'vouchers:partner_required' };
  if (field.isRequired !== true || !existsFor(field, typed.type)) return null;
  if (kind === 'choice') return field.values?.includes(text) === true ? null : { key: `vouchers:${name}_required` };
  return text === '' ? { key: 'common:input.required' } : null;
}

/** A customer's id does not stand in the form and stays as long as the address does. */
function customerOf(email: unknown, voucher: VoucherView | null): unknown {
  const known = voucher?.restrictions.customer ?? null;
  if ((email ?? '') === (known?.email ?? '')) return known;
  return email === null ? null : { id: null, email };
}

function tierOf(tier: TypedTier, path: string, currency: string, wrong: Wrong): TierBody {
  const told = (part: string, { value, problem }: ReadField): number => {
    if (problem !== undefined) wrong(`${path}.${part}`, problem);
    return typeof value === 'number' ? value : 0;
  };
  const money = (text: string): ReadField => readWith(text, (typed) => moneyOf(typed, currency));
  const minTripPrice = told('minTripPrice', money(tier.minTripPrice));
  if (tier.worth.trim() === '') wrong(`${path}.worth`, { key: 'common:input.required' });
  return tier.unit === 'percent'
    ? { minTripPrice, percent: told('worth', readWith(tier.worth, parsePercent)) / 100 }
    : { minTripPrice, amount: told('worth', money(tier.worth)) };
}

/** What a body says in a field; what of a deal is not there says what holds where nobody says anything. */
export function valueInBody(field: VoucherField, body: VoucherBody): unknown {
  const value = valueAt(body, field.path);
  return value === undefined ? presetOf(field, { type: body.type, funding: body.funding ?? null }) : value;
}

/** Where the form shows what the service says of a place in the JSON. */
export function formPath(path: string): string {
  const field = fieldAt(path);
  if (field === undefined) return path.startsWith('recipient') ? 'recipientEmail' : (path.split('.').at(-1) ?? path);
  const tier = field.kind === 'tiers' ? /\.(\d+)(?:\.(\w+))?$/.exec(path) : null;
  if (tier === null) return field.name;
  return `tiers.${tier[1] ?? ''}.${tier[2] === 'minTripPrice' ? 'minTripPrice' : 'worth'}`;
}

export function isSoundCode(code: string): boolean {
  return code.length <= MAX_CODE_TEXT && !isMalformedCode(code);
}
