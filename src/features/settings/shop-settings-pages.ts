import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { compactIban, groupedIban, isIban } from '../../core/sale/epc-payment.ts';
import { markInvalid, actorOf, LENGTHS, linesOf, textOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { moneyInput } from '../../platform/html/format.ts';
import type { Locale, Translate } from '../../platform/html/i18n.ts';
import { parseCount, parseMoney } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { generalSettings } from './general-settings-service.ts';
import { changeShopSettings, SHOP_COUNTS, shopSettings, type ShopSettings } from './shop-settings-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const TEXTS = ['accountHolder', 'bankName', 'companyName', 'companyAddress', 'contactPhone'] as const;
const FIELDS = [
  ...TEXTS,
  'isOpen',
  'amounts',
  'allowsFreeAmount',
  'minAmount',
  'maxAmount',
  'maxQuantity',
  'validYears',
  'paymentDays',
  'iban',
  'bic',
  'contactEmail',
  'notifyEmail',
  'imprintUrl',
  'privacyUrl',
  'terms',
] as const;
type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

const MAX_TERMS = 50_000;
/** The most one voucher of the shop may cost, in minor units: a million. */
const MAX_AMOUNT = 100_000_000;

/** What the voucher shop sells, how it is paid, and who stands behind it. */
export function shopSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/shop`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    show(res, typedOf(await shopSettings(database.knex), currency, res.locals.locale), currency);
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { currency } = await generalSettings(database.knex);
    const typed = typedFrom(req.body);
    const { settings, errors } = parse(typed, res.locals.t);
    if (settings === null) return show(res, typed, currency, errors);
    await changeShopSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, {
      kind: 'success',
      text: res.locals.t(settings.isOpen ? 'settings:shop.saved_open' : 'settings:shop.saved_closed'),
    });
    res.redirect(303, path);
  });

  return router;
}

function show(res: Response, typed: Typed, currency: string, errors: readonly FormError[] = []): void {
  markInvalid(res, errors);
  renderPage(res, 'settings/shop', {
    title: res.locals.t('settings:shop.title'),
    form: formView(typed, errors),
    currency,
    mayChange: may(res.locals.user, 'settings.change'),
  });
}

function typedFrom(body: unknown): Typed {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return Object.fromEntries(
    FIELDS.map((name) => [name, (name === 'terms' ? linesOf : textOf)(sent[name], 2 * MAX_TERMS)]),
  ) as Typed;
}

function typedOf(shop: ShopSettings, currency: string, locale: Locale): Typed {
  const money = (cents: number): string => moneyInput(cents, currency, locale);
  return {
    ...shop,
    isOpen: shop.isOpen ? 'true' : '',
    allowsFreeAmount: shop.allowsFreeAmount ? 'true' : '',
    amounts: shop.amounts.map(money).join('; '),
    minAmount: money(shop.minAmount),
    maxAmount: money(shop.maxAmount),
    maxQuantity: String(shop.maxQuantity),
    validYears: shop.validYears === null ? '' : String(shop.validYears),
    paymentDays: String(shop.paymentDays),
    iban: groupedIban(shop.iban),
  };
}

function parse(
  typed: Typed,
  t: Translate,
): { readonly settings: ShopSettings | null; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const wrong = (path: string, key = path, bounds = {}): void => {
    errors.push({ path, message: t(`settings:shop.${key}_wrong`, bounds) });
  };
  const money = (name: 'minAmount' | 'maxAmount'): number => {
    const parsed = parseMoney(typed[name]);
    if (parsed.ok && parsed.value > 0 && parsed.value <= MAX_AMOUNT) return parsed.value;
    wrong(name);
    return 1;
  };
  const count = (name: 'maxQuantity' | 'paymentDays' | 'validYears'): number => {
    const parsed = parseCount(typed[name]);
    const { min, max } = SHOP_COUNTS[name];
    if (parsed.ok && parsed.value >= min && parsed.value <= max) return parsed.value;
    wrong(name, name, SHOP_COUNTS[name]);
    return 1;
  };
  const mail = (name: 'contactEmail' | 'notifyEmail'): string => {
    if (typed[name] !== '' && !/^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}$/.test(typed[name])) wrong(name);
    return typed[name].slice(0, LENGTHS.email);
  };
  const address = (name: 'imprintUrl' | 'privacyUrl'): string => {
    if (typed[name] !== '' && !/^https?:\/\/[^\s"<>]{3,}$/.test(typed[name])) wrong(name);
    return typed[name].slice(0, LENGTHS.reason);
  };
  const isOpen = typed.isOpen === 'true';
  const amounts = amountsOf(typed.amounts);
  if (amounts === null) wrong('amounts');
  const allowsFreeAmount = typed.allowsFreeAmount === 'true';
  if (amounts?.length === 0 && !allowsFreeAmount) wrong('amounts', 'amounts_none');
  const [minAmount, maxAmount] = [money('minAmount'), money('maxAmount')];
  if (minAmount > maxAmount) wrong('maxAmount', 'maxAmount_below');
  const [maxQuantity, paymentDays] = [count('maxQuantity'), count('paymentDays')];
  const validYears = typed.validYears === '' ? null : count('validYears');
  if (typed.iban !== '' && !isIban(typed.iban)) wrong('iban');
  const bic = compactIban(typed.bic);
  if (bic !== '' && !/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic)) wrong('bic');
  if (isOpen && typed.iban === '') wrong('iban', 'iban_needed');
  if (isOpen && typed.accountHolder === '') wrong('accountHolder', 'accountHolder_needed');
  if (isOpen && typed.companyName === '') wrong('companyName', 'companyName_needed');
  if (isOpen && typed.terms === '') wrong('terms', 'terms_needed');
  if (typed.terms.length > MAX_TERMS) wrong('terms', 'terms_long');
  const settings = {
    ...(Object.fromEntries(TEXTS.map((name) => [name, typed[name].slice(0, LENGTHS.line)])) as Record<
      (typeof TEXTS)[number],
      string
    >),
    isOpen,
    amounts: amounts ?? [],
    allowsFreeAmount,
    minAmount,
    maxAmount,
    maxQuantity,
    validYears,
    paymentDays,
    iban: compactIban(typed.iban),
    bic,
    contactEmail: mail('contactEmail'),
    notifyEmail: mail('notifyEmail'),
    imprintUrl: address('imprintUrl'),
    privacyUrl: address('privacyUrl'),
    terms: typed.terms,
  };
  return { settings: errors.length > 0 ? null : settings, errors };
}

/** `50; 100; 150,50`; null: one of them is no amount. */
function amountsOf(text: string): number[] | null {
  const parts = text
    .split(/[;\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const parsed = parts.map((one) => parseMoney(one));
  const amounts = parsed.flatMap((one) => (one.ok && one.value > 0 && one.value <= MAX_AMOUNT ? [one.value] : []));
  return amounts.length === parts.length && parts.length <= SHOP_COUNTS.amounts.max
    ? [...new Set(amounts)].sort((a, b) => a - b)
    : null;
}
