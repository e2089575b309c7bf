import Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import { CSRF_FIELD } from '../http/csrf.ts';
import { errorAt, fieldId, valueAt, type FormView } from './form-view.ts';
import {
  currencySymbol,
  dayInput,
  formatDay,
  formatInstant,
  formatMoney,
  formatNumber,
  formatPercent,
  moneyInput,
  percentInput,
} from './format.ts';
import type { Locale, Translate } from './i18n.ts';
import { isIcon } from './icons.ts';

interface PageOfHelper {
  readonly locale: Locale;
  readonly t: Translate;
  readonly csrfToken: () => string;
  readonly slots: Record<string, Handlebars.SafeString>;
}
type Options = Handlebars.HelperOptions;

/** What templates may call. All output is escaped unless it is built here from escaped parts. */
export function viewHelpers(assets: Assets, timeZone: string): Handlebars.HelperDeclareSpec {
  return { ...textHelpers(timeZone), ...logicHelpers, ...formHelpers, ...pageHelpers(assets) };
}

function textHelpers(timeZone: string): Handlebars.HelperDeclareSpec {
  return {
    t: (key: string, options: Options) => pageOf(options).t(key, options.hash as Record<string, unknown>),
    money: (cents: number, currency: string, options: Options) => formatMoney(cents, currency, pageOf(options).locale),
    moneyInput: (cents: number, currency: string, options: Options) =>
      moneyInput(cents, currency, pageOf(options).locale),
    currencySymbol: (currency: string, options: Options) => currencySymbol(currency, pageOf(options).locale),
    percent: (basisPoints: number, options: Options) => formatPercent(basisPoints, pageOf(options).locale),
    percentInput: (basisPoints: number, options: Options) => percentInput(basisPoints, pageOf(options).locale),
    number: (value: number, options: Options) => formatNumber(value, pageOf(options).locale),
    date: (day: string | null, options: Options) => (day === null ? '' : formatDay(day, pageOf(options).locale)),
    dateInput: (day: string | null, options: Options) => (day === null ? '' : dayInput(day, pageOf(options).locale)),
    instant: (at: number | null, options: Options) =>
      at === null ? '' : formatInstant(at, timeZone, pageOf(options).locale),
  };
}

const DRAWING =
  /^<svg( (xmlns|viewBox|shape-rendering)="[\w .:/-]*")*>\s*(<path( (stroke|stroke-width|fill|d)="[\w #.,-]*")* ?\/>\s*)*<\/svg>\s*$/;

const logicHelpers: Handlebars.HelperDeclareSpec = {
  eq: (a: unknown, b: unknown) => a === b,
  ne: (a: unknown, b: unknown) => a !== b,
  gt: (a: number, b: number) => a > b,
  not: (a: unknown) => Handlebars.Utils.isEmpty(a),
  and: (...values: unknown[]) => withoutOptions(values).every((value) => !Handlebars.Utils.isEmpty(value)),
  or: (...values: unknown[]) => withoutOptions(values).find((value) => !Handlebars.Utils.isEmpty(value)),
  /** A name of the context that may be missing; with a second argument that instead. */
  opt(this: Record<string, unknown>, name: string, ...rest: unknown[]) {
    const value = Object.hasOwn(this, name) ? this[name] : undefined;
    return value ?? withoutOptions(rest)[0];
  },
  includes: (list: readonly unknown[] | null | undefined, value: unknown) => list?.includes(value) ?? false,
  list: (...values: unknown[]) => withoutOptions(values),
  dict: (options: Options) => options.hash as unknown,
  concat: (...values: unknown[]) => withoutOptions(values).join(''),
};

const formHelpers: Handlebars.HelperDeclareSpec = {
  csrf: (options: Options) => html`<input type="hidden" name="${CSRF_FIELD}" value="${pageOf(options).csrfToken()}" />`,
  fieldId: (name: string) => fieldId(name),
  /** The value at a field's name (`tiers[0][amount]`) or path (`tiers.0.amount`); undefined where there is none. */
  at: (values: unknown, name: string) => valueAt(values, name),
  /** Whether all there is to say concerns no single field, as with a wrong password. */
  isOneFormError: (form: FormView) => form.errors.length === 1 && form.errors[0]?.path === '',
  errorAt: (form: FormView, name: string) => errorAt(form, name),
  selected: (a: unknown, b: unknown) => holds(a, b, 'selected'),
  checked: (a: unknown, b: unknown) => holds(a, b, 'checked'),
  /** A bar code or QR code as part of the page: an outline and strokes of plain lines, nothing else. */
  drawing: (svg: string) => {
    if (!DRAWING.test(svg)) throw new Error('not a drawing of lines alone');
    return new Handlebars.SafeString(svg);
  },
  /** Attributes for a partial's `extra`: `(attrs hx-get="/x" data-live="code")`; true prints the name alone. */
  attrs: (options: Options) =>
    new Handlebars.SafeString(
      Object.entries(options.hash as Record<string, unknown>)
        .filter(([, value]) => value !== undefined && value !== null && value !== false)
        .map(([name, value]) => (value === true ? ` ${name}` : html` ${name}="${value}"`.toString()))
        .join(''),
    ),
};

function pageHelpers(assets: Assets): Handlebars.HelperDeclareSpec {
  return {
    asset: (path: string) => assets.url(path),
    icon: (name: string, options: Options) => {
      if (!isIcon(name)) throw new Error(`no such icon: ${name}`);
      const extra = (options.hash as { class?: string }).class;
      return html`<svg class="icon${extra === undefined ? '' : ` ${extra}`}" aria-hidden="true" focusable="false">
        <use href="${assets.url('icons.svg')}#${name}"></use>
      </svg>`;
    },
    /** `{{#content "actions"}}…{{/content}}` in a view fills `{{slot "actions"}}` of the layout. */
    content(this: unknown, name: string, options: Options) {
      pageOf(options).slots[name] = new Handlebars.SafeString(options.fn(this));
    },
    slot: (name: string, options: Options) => pageOf(options).slots[name],
  };
}

function pageOf(options: Options): PageOfHelper {
  return (options.data as { root: { page: PageOfHelper } }).root.page;
}

/** Handlebars hands every helper its options as the last argument. */
function withoutOptions(values: readonly unknown[]): readonly unknown[] {
  return values.slice(0, -1);
}

function holds(a: unknown, b: unknown, attribute: string): Handlebars.SafeString | undefined {
  const matches = Array.isArray(a) ? a.includes(b) : String(a ?? '') === String(b ?? '');
  return matches ? new Handlebars.SafeString(` ${attribute}`) : undefined;
}

function html(parts: TemplateStringsArray, ...values: unknown[]): Handlebars.SafeString {
  return new Handlebars.SafeString(
    parts.reduce((text, part, index) => text + Handlebars.escapeExpression(values[index - 1] as string) + part),
  );
}
