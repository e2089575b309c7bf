import { addDays } from '../../../core/calendar.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { formatDay, formatMoney, moneyInput } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { parseCount, parseDay, parseMoney } from '../../../platform/html/typed-input.ts';
import { linesOf, textOf } from '../../../platform/http/request.ts';
import type { ShopSettings } from '../../settings/shop-settings-service.ts';
import type { OfferedMotif } from './motif-choice-service.ts';
import type { OrderInput } from '../record/order-service.ts';

const FIELDS = [
  'amountChoice',
  'freeAmount',
  'quantity',
  'motif',
  'recipientName',
  'message',
  'delivery',
  'recipientEmail',
  'when',
  'deliverOn',
  'buyerName',
  'buyerEmail',
  'buyerPhone',
  'buyerStreet',
  'buyerPostcode',
  'buyerCity',
  'terms',
  'submitKey',
] as const;

/** The form exactly as it was sent. */
export type TypedOrder = Readonly<Record<(typeof FIELDS)[number], string>>;

export type WantedOrder = Omit<OrderInput, 'origin' | 'locale' | 'brand'>;

export interface ShopRules {
  readonly shop: ShopSettings;
  readonly currency: string;
  readonly today: string;
  readonly motifs: readonly OfferedMotif[];
  readonly locale: Locale;
  readonly t: Translate;
}

export const MAX_MESSAGE_LENGTH = 300;
/** A voucher is sent at most so many days ahead. */
const MAX_DAYS_AHEAD = 366;
const MAX_TEXT = 2000;

export function emptyOrder({ shop, motifs }: ShopRules, submitKey: string): TypedOrder {
  const typed = Object.fromEntries(FIELDS.map((name) => [name, ''])) as Record<(typeof FIELDS)[number], string>;
  const offered = shop.amounts[1] ?? shop.amounts[0];
  return {
    ...typed,
    amountChoice: offered === undefined ? 'free' : String(offered),
    quantity: '1',
    motif: motifs[0]?.id ?? '',
    delivery: 'buyer',
    when: 'now',
    submitKey,
  };
}

export function typedOrder(body: unknown): TypedOrder {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return Object.fromEntries(
    FIELDS.map((name) => [name, (name === 'message' ? linesOf : textOf)(sent[name], MAX_TEXT)]),
  ) as TypedOrder;
}

/** What is wanted, or every place that is wrong in the order of the form. */
export function parseOrder(
  typed: TypedOrder,
  rules: ShopRules,
): { readonly order: WantedOrder | null; readonly errors: readonly FormError[] } {
  const { t } = rules;
  const errors: FormError[] = [];
  const wrong = (path: string, key: string, params: Record<string, unknown> = {}): null => {
    errors.push({ path, message: t(`shop:error.${key}`, params) });
    return null;
  };
  const amount = amountOf(typed, rules, wrong);
  const quantity = quantityOf(typed, rules, wrong);
  const isForRecipient = typed.delivery === 'recipient';
  if (typed.message.length > MAX_MESSAGE_LENGTH) wrong('message', 'message', { max: MAX_MESSAGE_LENGTH });
  const recipientEmail = isForRecipient
    ? mailOf(typed.recipientEmail, 'recipientEmail', 'recipient_email', wrong)
    : null;
  const deliverOn = isForRecipient && typed.when === 'date' ? dayOf(typed.deliverOn, rules, wrong) : null;
  if (typed.buyerName.length < 2 || typed.buyerName.length > 200) wrong('buyerName', 'buyer_name');
  const buyerEmail = mailOf(typed.buyerEmail, 'buyerEmail', 'buyer_email', wrong);
  if (typed.terms !== 'true') wrong('terms', 'terms');
  if (errors.length > 0 || amount === null || quantity === null) return { order: null, errors };
  const order = {
    amount,
    quantity,
    motif: motifOf(typed, rules)?.id ?? null,
    delivery: isForRecipient ? ('recipient' as const) : ('buyer' as const),
    deliverOn,
    submitKey: typed.submitKey.slice(0, 64),
    buyerName: typed.buyerName,
    buyerEmail,
    buyerPhone: orNull(typed.buyerPhone, 50),
    buyerStreet: orNull(typed.buyerStreet, 200),
    buyerPostcode: orNull(typed.buyerPostcode, 20),
    buyerCity: orNull(typed.buyerCity, 100),
    recipientName: orNull(typed.recipientName, 200),
    recipientEmail,
    message: orNull(typed.message, MAX_MESSAGE_LENGTH),
  };
  return { order, errors };
}

/** What the voucher shows before anything is sure: whatever of the form can be read. */
export function previewOf(typed: TypedOrder, rules: ShopRules) {
  const silent = (): null => null;
  const amount = amountOf(typed, rules, silent) ?? rules.shop.amounts[0] ?? rules.shop.minAmount;
  const quantity = quantityOf(typed, rules, silent) ?? 1;
  return {
    amount,
    quantity,
    total: amount * quantity,
    picture: motifOf(typed, rules)?.picture ?? '',
    recipientName: typed.recipientName,
    message: typed.message.slice(0, MAX_MESSAGE_LENGTH),
  };
}

/** One that is not offered (any more) is the first that is. */
function motifOf({ motif }: TypedOrder, { motifs }: ShopRules): OfferedMotif | undefined {
  return motifs.find(({ id }) => id === motif) ?? motifs[0];
}

type Wrong = (path: string, key: string, params?: Record<string, unknown>) => null;

function amountOf(
  { amountChoice, freeAmount }: TypedOrder,
  { shop, currency, locale }: ShopRules,
  wrong: Wrong,
): number | null {
  const offered = shop.amounts.find((one) => String(one) === amountChoice);
  if (offered !== undefined) return offered;
  if (!shop.allowsFreeAmount || amountChoice !== 'free') return wrong('amountChoice', 'amount_choice');
  const limits = {
    min: formatMoney(shop.minAmount, currency, locale),
    max: formatMoney(shop.maxAmount, currency, locale),
    example: moneyInput(shop.minAmount * 2, currency, locale),
  };
  const parsed = parseMoney(freeAmount);
  if (!parsed.ok) return wrong('freeAmount', 'free_amount', limits);
  return parsed.value >= shop.minAmount && parsed.value <= shop.maxAmount
    ? parsed.value
    : wrong('freeAmount', 'free_amount_range', limits);
}

function quantityOf({ quantity }: TypedOrder, { shop }: ShopRules, wrong: Wrong): number | null {
  const parsed = parseCount(quantity);
  return parsed.ok && parsed.value >= 1 && parsed.value <= shop.maxQuantity
    ? parsed.value
    : wrong('quantity', 'quantity', { max: shop.maxQuantity });
}

function dayOf(text: string, { today, locale }: ShopRules, wrong: Wrong): string | null {
  const latest = addDays(today, MAX_DAYS_AHEAD);
  const parsed = parseDay(text);
  if (parsed.ok && parsed.value >= today && parsed.value <= latest) return parsed.value;
  return wrong('deliverOn', 'deliver_on', { from: formatDay(today, locale), until: formatDay(latest, locale) });
}

function mailOf(text: string, path: string, key: string, wrong: Wrong): string | null {
  return text.length <= 254 && /^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>"]{2,}$/.test(text) ? text : wrong(path, key);
}

function orNull(text: string, length: number): string | null {
  return text === '' ? null : text.slice(0, length);
}
